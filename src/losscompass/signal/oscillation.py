"""Swings: how far a curve goes up and down beside its trend, against its level and against what it gains."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .outline import Outline
from .robust import rolling_median
from .thin import stride_index

_LOOKED_AT = 20_000  # points, evenly taken: enough for a tenth and nine tenths to stand to a hundredth of a spread


@dataclass(frozen=True, slots=True)
class Swing:
    """The swings of a curve beside its running median, after the first fifth of the run."""

    width: float  # from the 10th to the 90th percentile of the detrended curve, in the curve's unit
    level: float  # the median of the curve's size, in its unit

    @property
    def relative(self) -> float:
        """The swings' width as a share of the level."""
        return self.width / self.level if self.level > 0 else 0.0


def swing(curve: Outline, value: Float[np.ndarray, " n"]) -> Swing:
    """The swings of the curve itself (`value`, shape (n,)), beside the outline's smoothed levels."""
    start = int(curve.edges[curve.blocks // 5])
    at = start + stride_index(value.size - start, _LOOKED_AT)
    centres = (curve.edges[:-1] + curve.edges[1:] - 1) / 2.0
    broad = rolling_median(curve.level, max(3, curve.blocks // 6 * 2 + 1))
    rest = value[at] - np.interp(at, centres, broad)
    if rest.size < 5:
        return Swing(0.0, 0.0)
    low, high = np.quantile(rest, (0.1, 0.9))
    return Swing(float(high - low), float(np.median(np.abs(value[at]))))
