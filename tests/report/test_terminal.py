import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimen import HOSTILE, diagnosis, healthy, hostile, run, series, sick

from losscompass.diagnose.diagnosis import Comparison, Reading, RunDiagnosis
from losscompass.evidence.gathered import Unreadable
from losscompass.evidence.names import Kind, Phase
from losscompass.report import verdict as say
from losscompass.report.formats import FORMATS, render
from losscompass.report.plain import plain
from losscompass.text.catalogue import LANGUAGES, catalogue
from losscompass.text.wrap import cells

ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_line_is_wider_than_the_screen(lang, width, verbose):
    for shown in (
        hostile(),
        diagnosis(sick()),
        diagnosis(healthy(), sick(), comparison=Comparison(ranked=(0, 1), on="val/loss")),
    ):
        lines = render(shown, "terminal", lang, width=width, verbose=verbose).splitlines()
        assert max(map(cells, lines)) <= width, [line for line in lines if cells(line) > width]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_character_of_what_is_said_is_in_the_output(lang):
    one, words = sick(word="x" * 200 + "終"), catalogue(lang)
    text = squeezed(render(diagnosis(one), "terminal", lang, width=60, verbose=True))
    said = [say.name(one), say.verdict(one, words), say.beside(one.reading, words)]
    said += [say.message(found, one, words) for found in one.found]
    said += [say.advice(prescription, one, words) for prescription in one.prescriptions]
    said += [say.outlook(forecast, words) for forecast in one.forecasts]
    said += say.wishes(one, words) + say.passed_over(one.run.skipped, words)
    for sentence in said:
        assert squeezed(sentence) in text, sentence


@pytest.mark.parametrize("lang", LANGUAGES)
def test_escape_codes_and_markup_of_a_log_are_only_text(lang):
    for colour in (False, True):
        text = render(hostile(), "terminal", lang, colour=colour)
        bare = ESCAPE.sub("", text) if colour else text
        steering = [c for c in bare if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c != "\n"]
        assert steering == []
        assert "[bold red]x[/]" in squeezed(bare).replace("[boldred]", "[bold red]")


def test_colour_is_only_there_when_it_is_asked_for():
    shown = diagnosis(sick())
    coloured, bare = (render(shown, "terminal", "en", colour=colour) for colour in (True, False))
    assert "\x1b[" in coloured
    assert "\x1b" not in bare
    assert ESCAPE.sub("", coloured) == bare


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_verdict_comes_first_and_the_onset_is_marked(lang):
    lines = render(diagnosis(sick()), "terminal", lang).splitlines()
    words = catalogue(lang)
    assert lines[0].startswith("runs/one.csv")
    assert words.ui("label.overfitting") in lines[1]
    marks = [line for line in lines if "▲" in line and words.ui("at.epoch", at=15) in line]
    assert marks, "the onset stands beneath the curves"


def test_healthy_is_calm():
    text = render(diagnosis(healthy()), "terminal", "en")
    assert len(text.splitlines()) < 24
    assert "✔" in text
    for mark in "✖▲●":
        assert mark not in text


def test_without_braille_there_is_a_picture_too():
    text = render(diagnosis(sick()), "terminal", "en", braille=False)
    assert "*" in text
    text.encode("ascii")


def test_ends_in_nan():
    broken = run(series("train/loss", [1.0, 0.5, np.nan, np.nan]))
    reading = Reading(
        labels=("nan",), confidence=1.0, onset=3.0, axis="epoch", curve="train/loss", first=1.0, last=np.nan
    )
    text = render(diagnosis(RunDiagnosis(run=broken, reading=reading)), "terminal", "en")
    assert "NaN" in text
    assert "×" in text


def test_several_runs_are_ranked_or_refused_with_the_reason():
    runs = [sick(source="a.csv"), healthy(source="b.csv")]
    ranked = render(diagnosis(*runs, comparison=Comparison(ranked=(1, 0), on="val/loss")), "terminal", "en")
    assert "ranked by val/loss" in ranked
    assert re.search(r"1\s+Healthy.*b\.csv", ranked)
    assert re.search(r"2\s+Overfitting.*a\.csv", ranked)
    refused = render(diagnosis(*runs, comparison=Comparison(refused="different-losses")), "terminal", "en")
    assert "Not ranked" in refused
    assert re.search(r"Overfitting\s+val/loss\s+0.5242\s+0.8501\s+a\.csv", refused)


def test_the_folder_that_all_runs_share_is_named_once():
    text = render(diagnosis(sick(source="x/runs/a.csv"), sick(source="x/runs/b/c.csv")), "terminal", "en")
    assert "in x/runs/\n" in text
    assert re.search(r"\s a\.csv \[plain\]$", text, re.MULTILINE)
    assert re.search(r"\s b/c\.csv \[plain\]$", text, re.MULTILINE)
    apart = render(diagnosis(sick(source="x/a.csv"), sick(source="/y/b.csv")), "terminal", "en")
    assert re.search(r"\s x/a\.csv \[plain\]$", apart, re.MULTILINE)


def test_many_runs_are_shown_in_short():
    many = diagnosis(*(sick(source=f"{n}.csv") for n in range(60)))
    short, full = (render(many, "terminal", "en", verbose=verbose) for verbose in (False, True))
    assert len(short.splitlines()) < 400 < len(full.splitlines())
    assert "59.csv" in full


def test_unreadable_inputs_are_named():
    text = render(diagnosis(unreadable=[Unreadable(source="x/y.bin", reason="empty")]), "terminal", "en")
    assert text.startswith("x/y.bin: ")


@given(
    st.lists(st.floats(), max_size=40),
    st.sampled_from([Kind.LOSS, Kind.METRIC_UP, Kind.REWARD]),
    st.sampled_from(["step", "epoch", "row"]),
    st.sampled_from(LANGUAGES),
    st.text(max_size=30),
)
def test_any_curve_can_be_shown_in_any_form(values, kind, axis, lang, name):
    curve = series(name or "x", values, kind=kind, axis=axis)
    one = run(curve, series("val/loss", values[::-1], phase=Phase.VALIDATION))
    reading = Reading(labels=("too-short-to-say",), confidence=0.5, onset=1.0, axis=axis)
    shown = diagnosis(RunDiagnosis(run=one, reading=reading))
    for form in FORMATS:
        if form != "html":
            assert render(shown, form, lang)


@given(st.text())
def test_plain_text_holds_nothing_that_steers(text):
    assert not [c for c in plain(text) if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    if text.isascii() and text.isprintable():
        assert plain(text) == text


def test_hostile_text_stays_readable():
    assert plain("損失 loss") == "損失 loss"
    assert plain("\x1b[31m") == "\\x1b[31m"
    assert "損失" in plain(HOSTILE)
