import base64
import hashlib
import html.parser
import json
import math
import re
import tomllib
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import pytest
from made_diagnoses import HOSTILE, healthy_diagnosis, hostile, many_runs, one_run, series

from losscompass.diagnose.diagnosis import Diagnosis, Reading, RunDiagnosis
from losscompass.evidence.gathered import Unreadable
from losscompass.evidence.names import Kind
from losscompass.evidence.run import Run
from losscompass.report.html import LICENCE, LIVE, SCRIPTS, START, STYLES, embed, render
from losscompass.report.page_data import page_data
from losscompass.text.catalogue import catalogue

CATALOGUES = {lang: catalogue(lang) for lang in ("en", "ja")}
PAGE = files("losscompass.report") / "page"
SHELL = 300_000  # bytes that the page may weigh beside its data

CASES = {
    "one": one_run,
    "many": many_runs,
    "refused": lambda: many_runs(refused="other-loss"),
    "hostile": hostile,
    "nothing": lambda: Diagnosis(runs=(), unreadable=(Unreadable(source="a.bin", reason="binary"),)),
    "empty": lambda: Diagnosis(
        runs=(RunDiagnosis(run=Run(source="x"), reading=Reading(labels=("too-short-to-say",), confidence=0.2)),)
    ),
}


class Parts(html.parser.HTMLParser):
    """The elements of a page, in order, with the text of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append([tag, dict(attributes), ""])

    def handle_data(self, data):
        if self.cdata_elem and self.elements:  # inside a script or a style
            self.elements[-1][2] += data

    def of(self, tag):
        return [element for element in self.elements if element[0] == tag]


@pytest.fixture(params=CASES, scope="module")
def page(request):
    return render(CASES[request.param](), CATALOGUES, "en")


def data_of(page):
    return json.loads(Parts(page).of("script")[0][2])


def test_it_has_exactly_the_elements_of_its_skeleton(page):
    tags = [tag for tag, _, _ in Parts(page).elements if tag not in {"p", "ul", "li"}]
    assert tags == [
        "html", "head", "meta", "meta", "meta", "meta", "meta", "title", "link", "style", "body", "div", "noscript", "script", "script",
    ]  # fmt: skip


def test_its_policy_allows_its_own_script_and_style_and_nothing_else(page):
    parts = Parts(page)
    policy = dict(
        rule.strip().split(" ", 1)
        for rule in next(a["content"] for _, a, _ in parts.of("meta") if "http-equiv" in a).split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["img-src"] == "data:"
    for key, text in (("script-src", parts.of("script")[1][2]), ("style-src", parts.of("style")[0][2])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert policy[key] == f"'sha256-{digest}'"


def test_nothing_in_it_is_loaded_or_handled_inline(page):
    for tag, attributes, _ in Parts(page).elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "src" not in attributes
        assert attributes.get("href", "data:,") == "data:,"
        assert "style" not in attributes


@pytest.mark.parametrize("name", [*SCRIPTS, *START, *LIVE, *STYLES])
def test_no_source_makes_markup_from_text_or_reaches_out(name):
    text = PAGE.joinpath(name).read_text("utf-8")
    for forbidden in ("</script", "</style", "<!--", "@import", "url("):
        assert forbidden not in text
    if not name.startswith("vendor/"):
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|fetch\(|XMLHttpRequest|WebSocket"
        assert not re.search(forbidden, text)


def test_every_source_is_used():
    there = {path.name for path in PAGE.iterdir() if path.name.endswith((".js", ".css"))}
    assert there == {name for name in (*SCRIPTS, *START, *LIVE, *STYLES) if "/" not in name}


def test_the_drawing_library_comes_with_its_licence():
    licence = PAGE.joinpath(LICENCE).read_text("utf-8").strip()
    assert "MIT" in licence
    assert licence in render(one_run(), CATALOGUES, "en")


def test_the_shell_is_within_its_budget():
    page = render(Diagnosis(runs=()), CATALOGUES, "en")
    assert len(page.encode()) < SHELL / 1.5


def test_a_million_points_stay_small():
    rng = np.random.default_rng(0)
    n = 1_000_000
    value = np.exp(-np.arange(n) / 2e5) + 0.1 * rng.standard_normal(n)
    value[700_001], value[123_456] = 50.0, np.nan
    one = series(
        "train/loss", Kind.LOSS, np.arange(n), value, epoch=np.arange(n) / 1000, time=1.7e9 + np.arange(n) * 0.1
    )
    run = Run(source="long", series=MappingProxyType({one.name: one}), curves=MappingProxyType({"train": one.name}))
    page = render(
        Diagnosis(runs=(RunDiagnosis(run=run, reading=Reading(labels=("still-improving",), confidence=0.5)),)),
        CATALOGUES,
        "en",
    )
    assert len(page.encode()) < SHELL
    data = data_of(page)
    packed = data["arrays"][data["curves"][0]["series"]["train/loss"]["y"]]
    kept = np.frombuffer(base64.b64decode(packed["data"]), "<f4")
    assert np.nanmax(kept) == 50
    assert np.isnan(kept).any()


def test_many_long_runs_stay_within_one_and_a_half_times_the_log():
    rng = np.random.default_rng(0)
    runs, raw = [], 0
    for number in range(30):
        step = np.cumsum(rng.integers(1, 5, 4000)).astype(float)
        curves = [series(f"train/loss/{k}", Kind.LOSS_PART, step, rng.standard_normal(4000)) for k in range(12)]
        raw += sum(len(f"{x:.0f}") + 1 for x in step) + sum(
            len(f"{x:.5g}") + 1 for one in curves for x in one.value
        )  # as a CSV would have it
        run = Run(source=f"{number}.csv", series=MappingProxyType({one.name: one for one in curves}))
        runs.append(RunDiagnosis(run=run, reading=Reading(labels=("oscillating",), confidence=0.5)))
    page = render(Diagnosis(runs=tuple(runs)), CATALOGUES, "en")
    assert len(page.encode()) <= 1.5 * raw + SHELL


def test_hostile_names_arrive_as_they_are_and_only_as_data():
    page = render(hostile(), CATALOGUES, "en")
    data = data_of(page)
    names = {one["raw"] for one in data["document"]["runs"][0]["series"]}
    for bad in HOSTILE:
        assert bad.encode("utf-8", "replace").decode() in names
    body = page.replace(Parts(page).of("script")[1][2], "")  # all but our own code
    assert "</script><script>" not in body.replace("</script>\n<script>", "")
    assert "<img" not in body
    assert "\u2028" not in body


@pytest.mark.parametrize("bad", HOSTILE)
def test_embedded_data_cannot_end_their_block(bad):
    text = embed({"x": bad})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == {"x": bad}


def test_numbers_that_json_lacks_are_never_written():
    run = healthy_diagnosis()
    reading = Reading(
        labels=("nan",), confidence=math.nan, last=math.inf, first=-math.inf, best=math.nan, curve="val/loss"
    )
    page = render(Diagnosis(runs=(RunDiagnosis(run=run.run, reading=reading),)), CATALOGUES, "en")
    said = data_of(page)["document"]["runs"][0]["reading"]
    assert (said["last"], said["first"], said["best"]) == ("Infinity", "-Infinity", "NaN")


def test_the_page_opens_in_the_language_asked_for_and_holds_both():
    page = render(one_run(), CATALOGUES, "ja")
    assert Parts(page).of("html")[0][1]["lang"] == "ja"
    data = data_of(page)
    assert data["lang"] == "ja"
    english, japanese = data["words"]["en"], data["words"]["ja"]
    assert english["runs"][0]["verdict"] != japanese["runs"][0]["verdict"]
    assert english["runs"][0].keys() == japanese["runs"][0].keys()
    assert english["entries"].keys() == japanese["entries"].keys()
    assert english["entries"]["overfitting"]["title"] == CATALOGUES["en"].title("overfitting")


def leaves(table, path=""):
    for key, value in table.items():
        yield from leaves(value, f"{path}{key}.") if isinstance(value, dict) else [(f"{path}{key}", value)]


def words(lang):
    return dict(leaves(tomllib.loads((files("losscompass.text") / f"page.{lang}.toml").read_text("utf-8"))["page"]))


def test_both_languages_have_the_same_words_with_the_same_values():
    english, japanese = words("en"), words("ja")
    assert list(english) == list(japanese)
    for key, text in english.items():
        assert text.strip()
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", japanese[key])), key


def test_every_word_that_a_script_asks_for_is_there_and_every_word_is_asked_for():
    code = "\n".join(PAGE.joinpath(name).read_text("utf-8") for name in (*SCRIPTS[1:], *LIVE))
    asked = set(re.findall(r"\bt\('([a-z.-]+)'", code)) | set(re.findall(r"'((?:curves)\.[a-z-]+)'", code))
    rooms = set(re.findall(r"\bt\(`([a-z.-]+)\.\$", code))
    known = words("en")
    page = page_data(one_run(), CATALOGUES, "en")["words"]["en"]["page"]
    assert asked - known.keys() == set()
    assert (
        rooms
        <= {key.split(".")[0] for key in known} | {"label", "severity", "at", "exhibit"}
        <= page.keys() | {key.split(".")[0] for key in known}
    )
    unused = [
        key
        for key in known
        if key not in asked and key.split(".")[0] not in rooms | {"fact", "title", "without-script"}
    ]
    assert unused == []


def test_without_scripts_the_verdicts_are_still_there_as_text():
    page = render(hostile(), CATALOGUES, "en")
    silent = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)[1]
    assert silent.count("<li>") == 2
    assert "&lt;img src=x" in silent
    assert "<img" not in silent
