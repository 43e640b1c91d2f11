"""Where validation was best, and how long it had to be waited for."""

from collections.abc import Mapping

import numpy as np

from ..evidence.run import Run
from .base import Value


def best_and_patience(run: Run) -> Mapping[str, Value]:
    """`curve`, `best_at` (on its axis), `best`, `unit`, and `patience` in evaluations; empty without a validation curve.

    The patience is half as much again as the longest wait for an improvement that did come, at least 3.
    """
    curve = run.curve("val")
    if curve is None or not curve.role.direction:
        return {}
    curve = curve.finite()
    if len(curve) < 3:
        return {}
    score = curve.role.direction * curve.value
    best = int(score.argmax())
    records = np.flatnonzero(score[: best + 1] >= np.maximum.accumulate(score[: best + 1]))
    longest = int(np.diff(records).max()) if records.size > 1 else 1
    return {
        "curve": curve.name,
        "best_at": float(curve.step[best]),
        "best": float(curve.value[best]),
        "unit": curve.axis,
        "patience": max(3, int(np.ceil(1.5 * longest))),
    }
