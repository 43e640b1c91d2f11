"""What a confidence that a rule states was worth: its share of right ones among the trainings of the zoo where it came first.

A rule states how sure it is; few of them have spoken often enough to be measured alone. So a stated confidence counts like
`strength` runs (a beta prior with that mean), and the runs where it was stated move it. Those runs are of programs that the rule was tuned
on; how much less its word is worth on programs of others is told by the first looks at families that nobody had seen: the odds of being
right are multiplied by `odds`, and the families on which the rule spoke then move it once more. `calibration/watched.py` writes the table.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..evidence.run import Run
from ..rules.base import Finding, Rule

CERTAIN = 0.995
"""A few hundred runs on which a rule was never wrong do not prove that it cannot be."""


@dataclass(frozen=True, slots=True)
class Table:
    """What was counted. `shares`: (rule, stated) → how often it was right, of how many; `elsewhere`: rule → the same in families, at first looks."""

    strength: float
    shares: Mapping[tuple[str, float], tuple[int, int]]
    odds: float
    strength_elsewhere: float
    elsewhere: Mapping[str, tuple[float, float]]


@cache
def table() -> Table:
    """What `calibration/watched.py` wrote."""
    record = json.loads((files(__package__) / "confidence.json").read_text("utf-8"))
    shares = {
        (rule, row["stated"]): (row["right"], row["of"]) for rule, rows in record["shares"].items() for row in rows
    }
    away = record["elsewhere"]
    return Table(
        record["strength"],
        MappingProxyType(shares),
        away["odds"],
        away["strength"],
        MappingProxyType({rule: (right, of) for rule, (right, of) in away["families"].items()}),
    )


def stated(rule: Rule, finding: Finding) -> float:
    """How sure the rule is, in its own words."""
    return rule.confidence if finding.confidence is None else finding.confidence


def worth(said: float, right: float, of: float, strength: float) -> float:
    """What is said counts like `strength` runs of which that share was right, beside the `of` runs of which `right` were."""
    return (right + strength * said) / (of + strength)


def less(p: float, odds: float) -> float:
    """The probability whose odds are those of `p`, times `odds`. Nothing is surer than `CERTAIN` to begin with."""
    p = min(p, CERTAIN)
    return odds * p / (1 - p + odds * p)


def inside(rule: str, said: float) -> float:
    """What it is worth on the families that the rule was tuned on."""
    counted = table()
    return worth(said, *counted.shares.get((rule, round(said, 2)), (0, 0)), counted.strength)


def measured(run: Run, rule: Rule, finding: Finding) -> float:
    """The confidence that is told: the measured one for the causes of a watched run; else the stated one, which a log's own record has set."""
    said = stated(rule, finding)
    if rule.kind != "cause" or run.facts.get("watched") is not True:
        return said
    counted = table()
    right, of = counted.elsewhere.get(rule.id, (0.0, 0.0))
    return worth(less(inside(rule.id, said), counted.odds), right, of, counted.strength_elsewhere)
