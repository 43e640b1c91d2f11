"""A watched run that goes on, and has hardly begun: what its curve alone says is no alarm yet.

A loss that stands still for its first hundred steps, or swings, is how many healthy trainings begin: on the zoo's healthy families the shape of the curve
alarmed on 52 of 220 runs at one of ten looks, and on none at the end. What was counted or seen directly (a missing call, a cut graph,
a loss that is no number) needs no patience, and is told at once.
"""

from collections.abc import Sequence
from dataclasses import replace

from ..evidence.run import Run
from ..rules.base import Severity
from .diagnosis import Found
from .rank import FROM_THE_CURVE, order

SETTLED = 500
"""Steps after which a curve is taken at its word while the run goes on; calibration/watched/live.json says what others would do
(100 are enough there; those trainings are short)."""

AT_ONCE = frozenset({"non-finite-loss", "initial-loss-off"})
"""Symptoms that a single value shows."""


def patient(run: Run, found: Sequence[Found], settled: int = SETTLED) -> tuple[Found, ...]:
    """The findings, those of a curve of fewer than `settled` steps as notes."""
    curve = run.curve("train")
    if run.facts.get("watched") is not True or "ended" in run.facts or (curve is not None and len(curve) >= settled):
        return tuple(found)
    return tuple(
        sorted(
            (
                replace(one, severity=Severity.NOTE)
                if (one.kind == "symptom" or one.id in FROM_THE_CURVE)
                and one.category in {"curve", "value", "metric"}
                and one.id not in AT_ONCE
                else one
                for one in found
            ),
            key=order,
        )
    )
