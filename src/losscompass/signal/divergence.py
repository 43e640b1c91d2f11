"""A curve that ends clearly worse than it began or than it had already been."""

import math
from dataclasses import dataclass

import numpy as np

from .convergence import end_level
from .outline import Outline


@dataclass(frozen=True, slots=True)
class Divergence:
    """How a curve that is to be minimised got worse. Levels in its unit."""

    start: float
    lowest: float
    lowest_at: int  # block
    end: float
    highest: float
    highest_at: int  # block
    before: float  # lowest level before the highest
    leaves_at: int  # the last block at the lowest level's noise: the climb starts after it
    sigmas: float  # end − start, in noise
    climb: float  # (end − lowest) over what the curve ever spanned before the lowest, inf if nothing


def divergence(curve: Outline) -> Divergence:
    """Where the curve began, its lowest and its end, in comparable levels."""
    level = curve.level
    smooth = curve.smoothed
    end, count = end_level(level)
    start = float(np.median(level[: max(1, min(count, level.size // 3))]))
    lowest_at = int(smooth.argmin())
    lowest = float(smooth[lowest_at])
    noise = curve.noise * math.sqrt(2.0 / count)
    highest_at = int(level.argmax())
    spanned = float(level[: lowest_at + 1].max()) - lowest
    near = min(0.05 * (end - lowest), 0.1 * spanned) if spanned > 0 else 0.05 * (end - lowest)
    low = np.flatnonzero(smooth <= lowest + max(2.0 * curve.noise, near))
    return Divergence(
        start=start,
        lowest=lowest,
        lowest_at=lowest_at,
        end=end,
        highest=float(level[highest_at]),
        highest_at=highest_at,
        before=float(level[:highest_at].min()) if highest_at > 0 else float(level[0]),
        leaves_at=int(low[-1]) if low.size else lowest_at,
        sigmas=(end - start) / noise if noise > 0 else math.copysign(math.inf, end - start) if end != start else 0.0,
        climb=(end - lowest) / spanned if spanned > 0 else (math.inf if end > lowest else 0.0),
    )
