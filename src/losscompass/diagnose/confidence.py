"""What a confidence that a rule states was worth: its share of right ones among the trainings of the zoo where it came first.

A rule states how sure it is; few of them have spoken often enough to be measured alone. So a stated confidence counts like
`strength` runs (a beta prior with that mean), and the runs where it was stated move it. `calibration/watched.py` writes the table.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..evidence.run import Run
from ..rules.base import Finding, Rule


@cache
def table() -> tuple[float, Mapping[tuple[str, float], tuple[int, int]]]:
    """The strength, and (rule, stated) → how often it was right, of how many."""
    record = json.loads((files(__package__) / "confidence.json").read_text("utf-8"))
    shares = {
        (rule, row["stated"]): (row["right"], row["of"]) for rule, rows in record["shares"].items() for row in rows
    }
    return record["strength"], MappingProxyType(shares)


def stated(rule: Rule, finding: Finding) -> float:
    """How sure the rule is, in its own words."""
    return rule.confidence if finding.confidence is None else finding.confidence


def worth(said: float, right: int, of: int, strength: float) -> float:
    """What is said counts like `strength` runs of which that share was right, beside the `of` runs of which `right` were."""
    return (right + strength * said) / (of + strength)


def measured(run: Run, rule: Rule, finding: Finding) -> float:
    """The confidence that is told: the measured one for the causes of a watched run; else the stated one, which a log's own record has set."""
    said = stated(rule, finding)
    if rule.kind != "cause" or run.facts.get("watched") is not True:
        return said
    strength, shares = table()
    return worth(said, *shares.get((rule.id, round(said, 2)), (0, 0)), strength)
