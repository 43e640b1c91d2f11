"""Where validation was best, and how long it had to be waited for."""

from collections.abc import Mapping

from ..evidence.run import Run
from ..signal.patience import patience
from .base import Value


def best_and_patience(run: Run) -> Mapping[str, Value]:
    """`curve`, `best_at` (on its axis), `best`, `unit`, and `patience` in evaluations; empty without a validation curve."""
    curve = run.curve("val")
    if curve is None or not curve.role.direction:
        return {}
    curve = curve.finite()
    if len(curve) < 3:
        return {}
    score = curve.role.direction * curve.value
    best = int(score.argmax())
    return {
        "curve": curve.name,
        "best_at": float(curve.step[best]),
        "best": float(curve.value[best]),
        "unit": curve.axis,
        "patience": patience(score),
    }
