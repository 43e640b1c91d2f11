"""The records of the causes of watched runs agree with the rules and with the table that the verdict takes its confidence from."""

import json
import sys
from pathlib import Path

import pytest

from losscompass.diagnose.confidence import measured, stated, table
from losscompass.diagnose.early import SETTLED
from losscompass.evidence.run import Run
from losscompass.rules.all import ALL
from losscompass.rules.base import Finding

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from calibration.watched import CAUSES, Told, live, shares, surprise  # noqa: E402

FOLDER = ROOT / "calibration" / "watched"


def recorded(rule_id: str) -> dict:
    return json.loads((FOLDER / f"{rule_id}.json").read_text("utf-8"))


@pytest.mark.parametrize("rule", CAUSES, ids=lambda rule: rule.id)
def test_thresholds_are_those_of_the_record(rule):
    basis = f"calibration/watched/{rule.id}.json"
    own = {name: one for name, one in rule.thresholds.items() if one.basis.startswith("calibration/watched/")}
    assert all(one.basis == basis for one in own.values())
    record = recorded(rule.id)
    assert {name: one["value"] for name, one in record["thresholds"].items()} == {n: t.value for n, t in own.items()}
    for name, one in record["thresholds"].items():
        here = next(row for row in one["sweep"] if row["value"] == rule.thresholds[name].value)
        assert here["ill"] == [record["ill"]["fired"], record["ill"]["of"]], "the sweep and the verdict differ"


def test_no_record_is_left_of_a_rule_that_is_gone():
    assert {path.stem for path in FOLDER.glob("*.json")} - {"live"} == {rule.id for rule in CAUSES}


def test_the_table_of_confidences_counts_what_the_records_count():
    counted: dict[str, list[int]] = {}
    for (rule, _), (right, of) in table()[1].items():
        total = counted.setdefault(rule, [0, 0])
        total[0] += right
        total[1] += of
    for rule in CAUSES:
        record = recorded(rule.id)["first"]
        assert counted.get(rule.id, [0, 0]) == [record["right"], record["of"]]


def test_a_measured_confidence_lies_between_the_stated_one_and_the_share_of_right_ones():
    strength, counts = table()
    watched = Run(source="", facts={"watched": True})
    for rule in CAUSES:
        for said in {said for name, said in counts if name == rule.id} | {0.31}:
            finding = Finding(onset=None, confidence=said)
            right, of = counts.get((rule.id, said), (0, 0))
            told = measured(watched, rule, finding)
            share = right / of if of else said
            assert min(said, share) - 1e-12 <= told <= max(said, share) + 1e-12
            if not of:
                assert told == pytest.approx(said)
            assert measured(Run(source=""), rule, finding) == said, "a log's confidence has a record of its own"
    assert strength > 0


def test_symptoms_keep_what_they_state():
    watched = Run(source="", facts={"watched": True})
    for rule in ALL:
        if rule.kind == "symptom":
            assert measured(watched, rule, Finding(onset=None)) == stated(rule, Finding(onset=None))


def test_the_patience_of_a_live_look_is_that_of_the_record():
    record = json.loads((FOLDER / "live.json").read_text("utf-8"))
    alarmed = {row["steps"]: row["alarmed"] for row in record["lengths"]}
    assert record["settled"] == SETTLED
    assert alarmed[SETTLED] == record["at_any_look"]["alarmed"]
    assert alarmed[0] >= alarmed[SETTLED] >= alarmed[max(alarmed)]


def told(family: str, right: bool) -> Told:
    return Told(family, "dead-relu", 0.5, right, first=True)


def test_what_is_often_right_is_less_of_a_surprise_when_it_is_learnt_from():
    """Four families in which a rule that says 0.5 is always right: the less a stated confidence weighs, the better."""
    seen = [told(family, right=True) for family in "abcd" for _ in range(5)]
    assert shares(seen) == {"dead-relu": [{"stated": 0.5, "right": 20, "of": 20}]}
    assert surprise(seen, 2) < surprise(seen, 8) < surprise(seen, 64) < 0.7


def test_one_alarm_in_passing_is_no_alarm_twice_in_a_row():
    looks = [[[], ["a"], [], ["b"], []], [["a"], ["a"], []], [[], [], []]]
    counts = live(looks)
    assert [counts[name]["alarmed"] for name in ("at_any_look", "twice_in_a_row", "at_the_end")] == [2, 1, 0]
    assert counts["by"] == {"a": 2, "b": 1}
