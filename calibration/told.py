"""What stood first on a run, and whether it was right: what confidences are counted from."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zoo.manifest import Program
from zoo.run import journal_path
from zoo.score import ALARMING

from losscompass.diagnose.confidence import less, worth
from losscompass.diagnose.engine import diagnose_run
from losscompass.readers.discover import gather

STRENGTHS = (2, 4, 8, 16, 32, 64)
ODDS = tuple(round(2 ** (-k / 4), 4) for k in range(33))
"""What the odds of being right may be multiplied by on programs that nobody looked at: from 1 down to 1/256."""
LEAST = 0.005  # no outcome is certain


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of warning or above on one run, and what its rule stated. `right`: it names the fault."""

    family: str
    rule: str
    stated: float
    right: bool
    first: bool  # the first cause of the run


def diagnosed(todo: tuple[Program, int]) -> list[tuple[str, bool, float]] | None:
    """What alarms on one run, the first first: the id, whether it is a cause, and the confidence that its rule states."""
    found = gather([journal_path(*todo)]).runs
    if not found:
        return None
    return [
        (one.id, one.kind == "cause", round(one.stated, 2))
        for one in diagnose_run(found[0]).found
        if one.severity in ALARMING
    ]


def told_of(program: Program, alarms: Sequence[tuple[str, bool, float]]) -> list[Told]:
    """Every cause that was named on one run."""
    named = [(id_, stated) for id_, is_cause, stated in alarms if is_cause]
    return [
        Told(program.family, id_, stated, id_ in program.causes, place == 0)
        for place, (id_, stated) in enumerate(named)
    ]


def shares(told: Iterable[Told]) -> dict[str, list[dict[str, float]]]:
    """Rule → stated confidence → how often it stood first, and was right."""
    first, right = Counter[tuple[str, float]](), Counter[tuple[str, float]]()
    for one in told:
        if one.first:
            first[one.rule, one.stated] += 1
            right[one.rule, one.stated] += one.right
    table: dict[str, list[dict[str, float]]] = defaultdict(list)
    for rule, stated in sorted(first):
        table[rule].append({"stated": stated, "right": right[rule, stated], "of": first[rule, stated]})
    return dict(table)


def surprise(told: Sequence[Told], strength: float) -> float:
    """Mean negative log-likelihood of each family's outcomes, predicted from the others' (nats)."""
    total, n = 0.0, 0
    for family in sorted({one.family for one in told}):
        table = shares(one for one in told if one.family != family)
        for one in told:
            if one.family == family and one.first:
                row = next((r for r in table.get(one.rule, ()) if r["stated"] == one.stated), {"right": 0, "of": 0})
                p = min(max(worth(one.stated, int(row["right"]), int(row["of"]), strength), 0.005), 0.995)
                total -= math.log(p if one.right else 1 - p)
                n += 1
    return total / max(n, 1)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a rule's word was worth on one family that nobody had looked at: runs of one family are alike, so that they count as one."""

    family: str
    rule: str
    inside: float  # what its word was worth by then where it was tuned, on average over the runs
    right: float  # share of the runs on which it stood first and was right


def counts_elsewhere(looks: Iterable[FirstLook]) -> dict[str, list[float]]:
    """Rule → families on which it was right, of how many on which it stood first."""
    counts: dict[str, list[float]] = {}
    for one in looks:
        mine = counts.setdefault(one.rule, [0.0, 0.0])
        mine[0] += one.right
        mine[1] += 1
    return {rule: [round(right, 3), of] for rule, (right, of) in sorted(counts.items())}


def log_loss(p: float, right: float) -> float:
    """In nats; of a share of right ones, their mean."""
    p = min(max(p, LEAST), 1 - LEAST)
    return -right * math.log(p) - (1 - right) * math.log(1 - p)


def best_odds(looks: Sequence[FirstLook]) -> float:
    """The factor on the odds that makes the outcomes of first looks likeliest: one intercept of a logistic recalibration (Platt, 1999)."""
    return min(ODDS, key=lambda odds: sum(log_loss(less(one.inside, odds), one.right) for one in looks))


def surprise_elsewhere(looks: Sequence[FirstLook], strength: float) -> float:
    """Mean negative log-likelihood of each family's outcomes, predicted from the first looks at the others (nats)."""
    total = 0.0
    for family in sorted({one.family for one in looks}):
        others = [one for one in looks if one.family != family]
        odds, counts = best_odds(others), counts_elsewhere(others)
        for one in looks:
            if one.family == family:
                right, of = counts.get(one.rule, (0.0, 0.0))
                total += log_loss(worth(less(one.inside, odds), right, of, strength), one.right)
    return total / max(len(looks), 1)
