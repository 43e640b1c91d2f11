"""Which finding to look at first. The order is a tuple, not a weighted sum, so that it can be said in one sentence:
what nothing else explains, then what is worst, causes before symptoms (and those that were seen before those that the
curve tells), what is surest, what came first.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..evidence.run import Run
from ..rules.all import ALL, CATEGORY
from ..rules.base import Finding, Rule, Severity
from .confidence import measured, stated
from .diagnosis import Found

FROM_THE_CURVE = frozenset(rule.id for rule in ALL if rule.kind == "cause" and rule.labels)
"""Causes that are a shape of the curve: another that was seen in the run may well lie behind it."""

BADNESS = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


def rank(run: Run, seen: Sequence[tuple[Rule, Finding]]) -> tuple[Found, ...]:
    """The findings, each with the rules that explain it, the first to be fixed first."""
    moments = [_moment(run, finding) for _, finding in seen]
    found = []
    for (rule, finding), moment in zip(seen, moments, strict=True):
        explained_by = {
            other.id
            for (other, _), earlier in zip(seen, moments, strict=True)
            if rule.id in other.explains and not _later(earlier, moment)
        }
        found.append(
            Found(
                id=rule.id,
                kind=rule.kind,
                category=CATEGORY.get(rule.id, ""),
                severity=rule.severity if finding.severity is None else finding.severity,
                confidence=measured(run, rule, finding),
                stated=stated(rule, finding),
                onset=finding.onset,
                values=finding.values,
                exhibits=finding.exhibits,
                location=None if finding.place is None else (finding.place.file, finding.place.line),
                code="" if finding.place is None else finding.place.code,
                change=finding.change,
                explained_by=tuple(sorted(explained_by)),
                remedies=rule.remedies,
            )
        )
    return tuple(sorted(found, key=order))


def order(found: Found) -> tuple[bool, int, bool, bool, float, float, str]:
    """The sort key."""
    onset = float("inf") if found.onset is None else found.onset
    return (
        bool(found.explained_by),
        -BADNESS[found.severity],
        found.kind != "cause",
        found.id in FROM_THE_CURVE,
        -found.confidence,
        onset,
        found.id,
    )


def _moment(run: Run, finding: Finding) -> Mapping[str, float]:
    """Where the finding starts, on every axis that can be told: its series' own, and the epoch if the log gives it."""
    if finding.onset is None or not finding.exhibits or finding.exhibits[0].series not in run.series:
        return {}
    series = run.series[finding.exhibits[0].series]
    moment: dict[str, float] = {series.axis: finding.onset}
    if series.epoch is not None and series.axis != "epoch" and len(series):
        at = min(int(np.searchsorted(series.step, finding.onset)), len(series) - 1)
        epoch = float(series.epoch[at])
        if np.isfinite(epoch):
            moment["epoch"] = epoch
    return moment


def _later(cause: Mapping[str, float], effect: Mapping[str, float]) -> bool:
    """Whether the cause starts after its effect, and so is none. Where the axes do not meet, time is no argument."""
    return any(cause[axis] > effect[axis] for axis in cause.keys() & effect.keys())
