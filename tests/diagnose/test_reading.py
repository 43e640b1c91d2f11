"""The reading: what the curves of whole runs are said to do."""

import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.diagnose.diagnosis import LABELS
from losscompass.diagnose.engine import diagnose_run
from losscompass.evidence.build import build
from losscompass.evidence.records import ScalarBlock
from losscompass.evidence.run import Run
from losscompass.text.catalogue import LANGUAGES, catalogue

EPOCHS = np.arange(60.0)


def run_of(axis="epoch", **columns) -> Run:
    """A run of these columns, one reading an epoch."""
    names = {key.replace("__", "/"): np.asarray(value, dtype=float) for key, value in columns.items()}
    blocks = [ScalarBlock(name, np.arange(float(value.size)), value, axis=axis) for name, value in names.items()]
    (run,) = build(blocks, "made here")
    return run


def noise(width, seed=0, n=EPOCHS.size):
    return 1 + width * np.random.default_rng(seed).standard_normal(n)


def fall(floor=0.4, pace=6.0, width=0.004, seed=0):
    return (floor + (2.3 - floor) * np.exp(-EPOCHS / pace)) * noise(width, seed)


def turned(at=15, slope=0.02):
    return np.where(at > EPOCHS, fall(0.6, 5, seed=1), fall(0.6, 5, 0, 1)[at] + slope * (EPOCHS - at)) * noise(0.004, 2)


def broken(at):
    value = fall()
    value[at:] = np.nan
    return value


def jumped():
    value = fall(pace=4)
    value[30:32] = (4.0, 2.0)
    return value


def left_plateau():
    level = np.where(EPOCHS < 54, 1.9 + 0.4 * np.exp(-EPOCHS), 1.9 - 0.25 * (EPOCHS - 53))
    return level * noise(0.001, 3)


CASES = {
    "converged": (run_of(loss=fall(), val_loss=fall(0.5, 6, seed=5)), ("healthy-converged",)),
    "on its way": (run_of(loss=np.linspace(2.3, 1.2, 60) * noise(0.004)), ("still-improving",)),
    "overfitting": (run_of(loss=fall(0.05, 15), val_loss=turned()), ("overfitting",)),
    "nan to the end": (run_of(loss=broken(20)), ("nan",)),
    "nan from the start": (run_of(loss=np.full(20, np.nan)), ("nan",)),
    "nothing learned": (run_of(loss=1.3863 * noise(0.001), val_loss=1.387 * noise(0.001, 4)), ("underfitting-flat",)),
    "ran away": (run_of(loss=np.where(EPOCHS < 20, fall(), 0.6 * np.exp((EPOCHS - 20) / 8))), ("diverged",)),
    "up and down": (run_of(loss=1 + 0.5 * np.sin(EPOCHS * 1.3) * noise(0.2, 6)), ("oscillating",)),
    "opponents": (run_of(loss_G=1 + 0.02 * EPOCHS, loss_D=0.7 * noise(0.1, 7)), ("oscillating",)),
    "spike": (run_of(loss=jumped()), ("spike-recovered", "healthy-converged")),
    "validation below": (
        run_of(loss=fall(0.4), val_loss=fall(0.3, seed=8)),
        ("healthy-converged", "val-below-train"),
    ),
    "a plateau that was left": (run_of(loss=left_plateau()), ("still-improving", "plateau")),
    "three epochs": (run_of(loss=[2.3, 1.1, 0.7], val_loss=[2.0, 1.0, 0.8]), ("too-short-to-say",)),
    "one reading": (run_of(loss=[2.3]), ("too-short-to-say",)),
    "seven steps": (run_of("step", loss=[2.3, 2.1, 2.0, 1.8, 1.7, 1.6, 1.5]), ("too-short-to-say",)),
    "a reward that levels off": (run_of(episode_reward=200 - 300 * np.exp(-EPOCHS / 8)), ("healthy-converged",)),
    "accuracy alone": (run_of(val_accuracy=0.9 - 0.8 * np.exp(-EPOCHS / 5)), ("healthy-converged",)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_first_labels(name):
    run, expected = CASES[name]
    reading = diagnose_run(run, strict=True).reading
    assert reading.labels[: len(expected)] == expected
    assert set(reading.labels) <= set(LABELS)
    assert 0 <= reading.confidence <= 1


def test_the_onset_is_where_it_turns():
    reading = diagnose_run(CASES["overfitting"][0], strict=True).reading
    assert reading.onset == pytest.approx(15, abs=2)
    assert reading.axis == "epoch"
    assert reading.best_at == reading.onset


def test_the_figures_are_the_logs_own():
    run, _ = CASES["a reward that levels off"]
    reading = diagnose_run(run, strict=True).reading
    assert (reading.first, reading.best) == (pytest.approx(-100), pytest.approx(200, abs=1))
    assert reading.curve == "reward"


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("scale", [1e-4, 1e5])
def test_the_unit_of_a_loss_does_not_matter(name, scale):
    run, expected = CASES[name]
    if any(one.role.direction > 0 for one in run.series.values()) or name == "nothing learned":
        pytest.skip("scores, rewards and the level of a guess have a unit")
    series = {key: replace(one, value=one.value * scale) for key, one in run.series.items()}
    reading = diagnose_run(replace(run, series=MappingProxyType(series)), strict=True).reading
    assert reading.labels[: len(expected)] == expected


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.002, 0.01]), st.floats(3.0, 10.0))
@settings(max_examples=25, deadline=None)
def test_a_descent_that_levels_off_is_never_alarming(seed, width, pace):
    run = run_of(loss=fall(0.3, pace, width, seed), val_loss=fall(0.4, pace, 2 * width, seed + 1))
    verdict = diagnose_run(run, strict=True)
    assert verdict.reading.labels[0] in {"healthy-converged", "still-improving", "plateau"}
    assert [f.id for f in verdict.found if f.category == "curve" and f.severity != "note"] == []


@pytest.mark.parametrize("name", ["overfitting", "ran away", "up and down"])
def test_a_missing_cell_changes_no_verdict(name):
    run, expected = CASES[name]
    series = {}
    for key, one in run.series.items():
        value = one.value.copy()
        value[[7, 33]] = np.nan
        series[key] = replace(one, value=value)
    reading = diagnose_run(replace(run, series=MappingProxyType(series)), strict=True).reading
    assert reading.labels[: len(expected)] == expected


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("label", LABELS)
def test_every_label_has_its_words(lang, label):
    words = catalogue(lang)
    assert words.has(f"verdict.{label}")
    assert words.has(f"next.{label}")


LOGS = Path(os.environ.get("LOSSCOMPASS_LOGS", Path(__file__).parents[3] / "shared" / "logs"))


@pytest.mark.logs
@pytest.mark.skipif(not (LOGS / "labels.csv").is_file(), reason="the labelled logs are not here: set LOSSCOMPASS_LOGS")
def test_agreement_with_the_sure_labels_of_real_logs():
    import sys

    sys.path.insert(0, str(Path(__file__).parents[2]))
    from calibration.labelled import main_runs, rows

    sure = [row for row in rows(LOGS) if row.confidence == "high" and row.labels[0] != "not-a-training-log"]
    judged = [(row, diagnose_run(run).reading.labels[0]) for row, run in main_runs(LOGS, sure)]
    assert len(judged) >= 0.95 * len(sure)
    assert np.mean([label == row.labels[0] for row, label in judged]) >= 0.9
