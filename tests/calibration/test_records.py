"""Code and calibration records agree, and the measuring itself is right."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from losscompass.diagnose.reading import CONFIDENCE
from losscompass.rules.curve import RULES

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from calibration.corpus import cases  # noqa: E402
from calibration.sweep import prefix, upper_bound  # noqa: E402

MEASURED = [rule for rule in RULES if any(t.basis.startswith("calibration/") for t in rule.thresholds.values())]


@pytest.mark.parametrize("rule", MEASURED, ids=lambda rule: rule.id)
def test_thresholds_and_confidence_are_those_of_the_record(rule):
    for threshold in rule.thresholds.values():
        if threshold.basis.startswith("calibration/"):
            assert threshold.basis == f"calibration/{rule.id}.json"
    record = json.loads((ROOT / "calibration" / f"{rule.id}.json").read_text("utf-8"))
    assert {name: one["value"] for name, one in record["thresholds"].items()} == {
        name: threshold.value for name, threshold in rule.thresholds.items()
    }
    if record["confidence"] is not None:
        assert rule.confidence == pytest.approx(record["confidence"], abs=0.005)


def test_the_readings_own_confidences_are_those_of_the_record():
    labels = json.loads((ROOT / "calibration" / "reading.json").read_text("utf-8"))["labels"]
    for label, confidence in CONFIDENCE.items():
        assert confidence == pytest.approx(labels[label]["confidence"], abs=0.005)


def test_the_upper_bound_is_clopper_and_pearsons():
    assert upper_bound(0, 59) == pytest.approx(0.05, abs=0.001)  # none of 59 supports at most 5 %
    assert upper_bound(0, 300) == pytest.approx(0.01, abs=0.001)
    assert upper_bound(5, 100) == pytest.approx(0.1023, abs=0.001)
    assert upper_bound(3, 3) == 1.0


def test_the_corpus_is_the_same_every_time():
    one, other = list(cases(1)), list(cases(1))
    assert [case.shape for case in one] == [case.shape for case in other]
    for a, b in zip(one, other, strict=True):
        for name, series in a.run.series.items():
            assert np.array_equal(series.value, b.run.series[name].value, equal_nan=True)


def test_a_prefix_is_the_run_as_it_was():
    case = next(iter(cases(1)))
    half = prefix(case.run, 0.5)
    loss, part = case.run.series["train/loss"], half.series["train/loss"]
    assert 0 < len(part) < len(loss)
    assert np.array_equal(part.value, loss.value[: len(part)])
