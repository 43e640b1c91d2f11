"""How a loss still falls when the run ends."""

from typing import Literal

import numpy as np

from ..evidence.run import Series

LEFT = (0.08, 0.6)  # of the first loss, at the end
VALIDATIONS, HALVES = 3, 0.6  # passes of a validation; of the loss before, the last
STEEP = 0.75  # of the loss two fifths before, at most
FASTER = 1.15  # times the fall of the logarithm of the two fifths before, at least
SMOOTH = 0.8  # share of the steps that lower the loss
FEWEST = 15


def fall(value: np.ndarray) -> float | None:
    """What is left, in the last fifth, of the loss of two fifths before; None where that cannot be said."""
    count = len(value)
    if count < FEWEST or not np.isfinite(value).all():
        return None
    late, before = np.median(value[int(0.8 * count) :]), np.median(value[int(0.4 * count) : int(0.6 * count)])
    return float(late / before) if before > 0 else None


def cut_short(loss: Series, val: Series | None) -> tuple[Literal["validation", "faster"], float] | None:
    """Whether the run ends in the middle of its descent, by the curves alone: which of them says so, and what the last validation
    has left of the one before.

    Either the validation falls by almost half from one of its few passes to the next; or a curve without noise still gets steeper.
    """
    falling, count = fall(loss.value), len(loss)
    if falling is None or falling <= 0:
        return None
    start, last = float(loss.value[0]), float(np.median(loss.value[int(0.9 * count) :]))
    if not LEFT[0] * start <= last <= LEFT[1] * start:
        return None  # as good as at its end, or not yet under way
    if val is not None:
        few = 2 <= len(val) <= VALIDATIONS
        left = float(val.value[-1] / val.value[-2]) if few and val.value[-2] > 0 else 1.0
        return ("validation", left) if falling <= HALVES and 0 < left <= HALVES else None
    early, middle = np.median(loss.value[: count // 5]), np.median(loss.value[int(0.4 * count) : int(0.6 * count)])
    if falling > STEEP or not 0 < middle <= early or np.mean(np.diff(loss.value) <= 0) < SMOOTH:
        return None
    return ("faster", 0.0) if np.log(falling) <= FASTER * np.log(middle / early) else None
