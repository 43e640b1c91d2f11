"""Swings: how far a curve goes up and down beside its trend, against its level and against what it gains."""

from dataclasses import dataclass

import numpy as np

from .outline import Outline
from .robust import rolling_median


@dataclass(frozen=True, slots=True)
class Swing:
    """The swings of a curve beside its running median, after the first fifth of the run."""

    width: float  # from the 10th to the 90th percentile of the detrended curve, in the curve's unit
    level: float  # the median of the curve's size, in its unit
    turns: float  # share of inner points that are a local high or low: 2/3 for white noise, near 0 for a slow wave
    lag: float  # autocorrelation of the detrended curve at one reading: 0 for noise, near 1 for a slow wave

    @property
    def relative(self) -> float:
        """The swings' width as a share of the level."""
        return self.width / self.level if self.level > 0 else 0.0


def swing(curve: Outline, value: np.ndarray) -> Swing:
    """The swings of the curve itself (`value`, shape (n,)), beside the outline's smoothed levels."""
    start = int(curve.edges[curve.blocks // 5])
    centres = (curve.edges[:-1] + curve.edges[1:] - 1) / 2.0
    broad = rolling_median(curve.level, max(3, curve.blocks // 6 * 2 + 1))
    rest = value[start:] - np.interp(np.arange(start, value.size), centres, broad)
    if rest.size < 5:
        return Swing(0.0, 0.0, 0.0, 0.0)
    low, high = np.quantile(rest, (0.1, 0.9))
    change = np.diff(rest)
    moving = change[change != 0]
    turns = float(np.mean(np.sign(moving[1:]) != np.sign(moving[:-1]))) if moving.size > 2 else 0.0
    centred = rest - rest.mean()
    power = float(centred @ centred)
    lag = float(centred[:-1] @ centred[1:]) / power if power > 0 else 0.0
    return Swing(float(high - low), float(np.median(np.abs(value[start:]))), turns, lag)
