"""The closing checklist: every cause has its point, and a point says no more than was looked at."""

from pathlib import Path

import pytest

from losscompass.diagnose.checklist import POINTS, checklist
from losscompass.diagnose.diagnosis import Found, NotChecked
from losscompass.evidence.run import Run
from losscompass.rules.all import ALL
from losscompass.rules.base import Severity

CAUSES = (Path(__file__).parents[2] / "zoo" / "causes.txt").read_text("utf-8").split()
RULES = {rule.id for rule in ALL}


def state(point_id: str, *, found=(), clear=(), blind=()) -> tuple[str, tuple[str, ...]]:
    seen = [
        Found(id=id_, kind="cause", category="", severity=severity, confidence=1.0, onset=None, values={})
        for id_, severity in found
    ]
    items = checklist(Run(source=""), seen, clear, [NotChecked(id_, ()) for id_ in blind])
    (item,) = [item for item in items if item.id == point_id]
    return item.state, item.because


def test_points_name_rules_that_there_are():
    named = {id_ for point in POINTS for id_ in (*point.crosses, *point.more, *point.ticks)}
    assert named - RULES == set()


@pytest.mark.parametrize("cause", sorted(set(CAUSES) & RULES))
def test_every_cause_crosses_a_point(cause):
    crossed = [
        point.id
        for point in POINTS
        if state(point.id, found=[(cause, Severity.WARNING)])[0] == "cross" and cause in point.crosses + point.more
    ]
    assert crossed, f"{cause} is named, and no point of the checklist is crossed"


def test_a_point_is_ticked_where_what_it_must_see_was_clear():
    assert state("data-shuffled", clear=["data-not-shuffled"]) == ("tick", ("data-not-shuffled",))
    assert state("data-shuffled", clear=["data-not-shuffled", "duplicate-random-data"]) == (
        "tick",
        ("data-not-shuffled", "duplicate-random-data"),
    )


def test_what_could_not_be_looked_at_leaves_it_open_and_is_said():
    assert state("data-shuffled", blind=["data-not-shuffled"]) == ("not-seen", ("data-not-shuffled",))
    assert state("data-shuffled", clear=["duplicate-random-data"], blind=["data-not-shuffled"])[0] == "not-seen"


def test_a_note_crosses_nothing():
    assert state("data-shuffled", found=[("data-not-shuffled", Severity.NOTE)])[0] != "cross"
