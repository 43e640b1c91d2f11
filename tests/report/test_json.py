import json
import math
from types import MappingProxyType as Fixed

import numpy as np
import pytest
from specimen import HOSTILE, diagnosis, healthy, hostile, run, series, sick

from losscompass import __version__
from losscompass.diagnose.diagnosis import LABELS, Comparison, Reading, RunDiagnosis
from losscompass.evidence.gathered import Unreadable
from losscompass.report.json import render


def strict(text):
    """Valid JSON, not just what Python reads: no NaN, no Infinity."""

    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_the_public_form():
    document = strict(render(diagnosis(sick())))
    assert document["schema"] == 1
    assert document["losscompass"] == __version__
    [one] = document["runs"]
    assert one["source"] == "runs/one.csv"
    assert one["facts"]["format"] == "csv"
    assert set(one["reading"]) == {
        "labels",
        "confidence",
        "onset",
        "axis",
        "curve",
        "first",
        "best",
        "best_at",
        "last",
        "values",
    }
    assert one["reading"]["labels"] == ["overfitting", "oscillating"]
    assert set(one["reading"]["labels"]) <= set(LABELS)
    assert one["reading"]["onset"] == 15.0
    assert one["reading"]["axis"] == "epoch"
    found, other = one["found"]
    assert found["id"] == "overfitting"
    assert found["kind"] == "symptom"
    assert found["severity"] == "warning"
    assert found["location"] is None
    assert found["explained_by"] == ["no-such-cause"]
    assert found["remedies"] == ["keep-best-checkpoint"]
    assert other["location"] == {"file": "plain", "line": 7}
    assert one["likely"] == [{"id": "plain", "confidence": 0.3, "settled_by": "plain"}]
    assert one["not_checked"][0] == {"id": "learning-rate-too-high", "missing": ["kind:learning-rate"]}
    assert one["clear"] == ["loss-flat"]
    assert one["broken"][0]["id"] == "loss-spike"
    assert one["prescriptions"][0]["remedy"] == "keep-best-checkpoint"
    assert one["forecast"]["val/loss"]["median"] == [0.9, 1.0]
    assert one["inferred"]["classes"] == 10
    assert one["skipped"][0] == {"reason": "cut-off-last-row", "count": 2, "where": "plain"}


def test_what_json_cannot_hold_becomes_a_string():
    document = strict(render(diagnosis(sick())))
    assert document["runs"][0]["forecast"]["val/loss"]["low"] == [0.8, "NaN"]
    assert document["runs"][0]["forecast"]["val/loss"]["high"] == [1.0, "Infinity"]
    assert document["runs"][0]["found"][1]["values"]["nan"] == "NaN"
    reading = Reading(
        labels=("nan",), confidence=1.0, last=-math.inf, values=Fixed({"n": np.int64(3), "x": np.float32(0.5)})
    )
    one = RunDiagnosis(run=run(series("train/loss", [1.0, -math.inf])), reading=reading)
    shown = strict(render(diagnosis(one)))["runs"][0]["reading"]
    assert shown["last"] == "-Infinity"
    assert shown["values"] == {"n": 3, "x": 0.5}


def test_the_run_with_the_most_points_comes_first_and_ranks_follow():
    short, long = healthy(), sick()
    document = strict(render(diagnosis(short, long, comparison=Comparison(ranked=(0, 1), on="val/loss"))))
    assert [one["points"] for one in document["runs"]] == [120, 100]
    assert document["comparison"]["ranked"] == [1, 0], "indices into `runs` as they stand here"


def test_what_gave_no_run_is_listed_as_no_training_log():
    nothing = Unreadable(source="notes.txt", reason="no-curve")
    document = strict(render(diagnosis(sick(), unreadable=[nothing])))
    last = document["runs"][-1]
    assert last["source"] == "notes.txt"
    assert last["reading"]["labels"] == ["not-a-training-log"]
    assert set(last) == set(document["runs"][0])
    assert document["unreadable"] == [{"source": "notes.txt", "reason": "no-curve", "values": {}}]


def test_hostile_text_is_kept_and_steers_nothing():
    text = render(hostile())
    assert strict(text)["runs"][0]["source"] == HOSTILE
    for character in "\x1b\x9b\x07\u202e\u2028\ud800":
        assert character not in text
    assert "損失" in text, "readable, not escaped"
    text.encode("utf-8")


@pytest.mark.parametrize("shown", [diagnosis(), diagnosis(unreadable=[Unreadable(source="x", reason="missing")])])
def test_without_runs(shown):
    document = strict(render(shown))
    assert document["comparison"] is None
    assert len(document["runs"]) == len(document["unreadable"])
