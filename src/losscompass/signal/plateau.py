"""Stretches in which a curve stands still."""

from dataclasses import dataclass

import numpy as np

from .outline import Outline
from .trend import mann_kendall


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks start..stop (stop excluded) in which the curve stays within a band. `level` is its median there."""

    start: int
    stop: int
    level: float
    gained: float  # level of the stretch's first fifth − level of its last fifth
    certainty: float  # p of no trend in it

    def share(self, curve: Outline) -> float:
        """The share of the run that the stretch takes."""
        return (self.stop - self.start) / curve.blocks


def still_stretch(curve: Outline, band: float) -> Stretch:
    """The longest stretch whose smoothed levels stay within `band` (full width, in the curve's unit). Linear time."""
    smooth = curve.smoothed
    best, start = (0, 1), 0
    highs: list[int] = []  # positions of falling maxima and rising minima of the current window
    lows: list[int] = []
    head_high = head_low = 0
    for i, value in enumerate(smooth.tolist()):
        while len(highs) > head_high and smooth[highs[-1]] <= value:
            highs.pop()
        while len(lows) > head_low and smooth[lows[-1]] >= value:
            lows.pop()
        highs.append(i)
        lows.append(i)
        while smooth[highs[head_high]] - smooth[lows[head_low]] > band:
            start += 1
            head_high += highs[head_high] < start
            head_low += lows[head_low] < start
        if i + 1 - start > best[1] - best[0]:
            best = (start, i + 1)
    level = curve.level[best[0] : best[1]]
    fifth = max(1, level.size // 5)
    gained = float(np.median(level[:fifth]) - np.median(level[-fifth:]))
    return Stretch(best[0], best[1], float(np.median(level)), gained, mann_kendall(level)[1])
