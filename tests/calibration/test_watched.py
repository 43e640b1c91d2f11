"""The records of the causes of watched runs agree with the rules and with the table that the verdict takes its confidence from."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.diagnose.confidence import inside, less, measured, stated, table
from losscompass.diagnose.early import SETTLED
from losscompass.evidence.run import Run
from losscompass.rules.all import ALL
from losscompass.rules.base import Finding

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from calibration.first_look import RECORD, Look, as_text, first_looks, looks  # noqa: E402
from calibration.first_look import main as look_first  # noqa: E402
from calibration.told import (  # noqa: E402
    FirstLook,
    Told,
    best_odds,
    counts_elsewhere,
    shares,
    surprise,
    surprise_elsewhere,
)
from calibration.watched import CAUSES, live  # noqa: E402

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
    for (rule, _), (right, of) in table().shares.items():
        total = counted.setdefault(rule, [0, 0])
        total[0] += right
        total[1] += of
    for rule in CAUSES:
        record = recorded(rule.id)["first"]
        assert counted.get(rule.id, [0, 0]) == [record["right"], record["of"]]


def test_a_measured_confidence_lies_between_what_is_said_and_what_came_true():
    counted = table()
    watched = Run(source="", facts={"watched": True})
    for rule in CAUSES:
        for said in {said for name, said in counted.shares if name == rule.id} | {0.31}:
            finding = Finding(onset=None, confidence=said)
            right, of = counted.shares.get((rule.id, said), (0, 0))
            share = right / of if of else said
            here = inside(rule.id, said)
            assert min(said, share) - 1e-12 <= here <= max(said, share) + 1e-12
            right, of = counted.elsewhere.get(rule.id, (0.0, 0.0))
            away = less(here, counted.odds)
            share = right / of if of else away
            told = measured(watched, rule, finding)
            assert min(away, share) - 1e-12 <= told <= max(away, share) + 1e-12
            assert measured(Run(source=""), rule, finding) == said, "a log's confidence has a record of its own"
    assert min(counted.strength, counted.strength_elsewhere) > 0
    assert 0 < counted.odds <= 1, "nothing is surer on programs of others"


def test_the_table_counts_the_first_looks_that_are_kept():
    kept = first_looks(looks())
    assert kept, "the first looks at families are kept with the records"
    assert {rule: list(counts) for rule, counts in table().elsewhere.items()} == counts_elsewhere(kept)
    assert table().odds == best_odds(kept)


@pytest.mark.parametrize(
    ("family", "said"),
    [(next(iter(looks())), "looked at before"), ("no_such_family", "no such family")],
    ids=["seen", "unknown"],
)
def test_a_first_look_happens_once(family, said, capsys, monkeypatch):
    before = RECORD.read_bytes()
    monkeypatch.setattr(sys, "argv", ["first_look", family])
    assert look_first() == 2
    assert said in capsys.readouterr().err
    assert RECORD.read_bytes() == before == as_text(looks()).encode()


@given(st.floats(0, 0.995), st.floats(0.01, 1))
def test_less_odds_are_less_sure_and_even_odds_the_same(p, odds):
    assert 0 <= less(p, odds) <= p + 1e-12
    assert less(p, 1.0) == pytest.approx(p)
    if 0.01 < p < 0.99:
        assert less(p, odds) / (1 - less(p, odds)) == pytest.approx(odds * p / (1 - p))


def test_alarms_of_one_rule_on_one_family_count_as_one():
    """Twenty healthy variants of one program that trip over the same rule are one mistake, not twenty."""
    wrong = Look(day="", runs=20, first=[("dead-relu", 0.9, 0.95, False)] * 20)
    right = Look(day="", runs=1, first=[("dead-relu", 0.9, 0.95, True)])
    assert counts_elsewhere(first_looks({"a": wrong, "b": right})) == {"dead-relu": [1.0, 2]}


def test_what_was_wrong_elsewhere_is_told_with_less_confidence():
    def seen(share: float) -> list[FirstLook]:
        return [FirstLook(family, "dead-relu", 0.95, share) for family in "abcdef"]

    assert best_odds(seen(1.0)) == 1.0
    assert less(0.95, best_odds(seen(0.5))) == pytest.approx(0.5, abs=0.05)
    # A rule that is always right on others' programs: the sooner they count, the less of a surprise.
    mixed = seen(1.0) + [FirstLook(family, "plateau", 0.95, 0.0) for family in "abcdef"]
    assert surprise_elsewhere(mixed, 2) < surprise_elsewhere(mixed, 64)


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
