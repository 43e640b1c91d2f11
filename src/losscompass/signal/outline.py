"""A curve as the eye takes it in: at most a few hundred levels, with the noise left in them.

Every shape is looked for on the outline, so that its cost does not depend on how often a run logs; what happens
between two levels (a spike, the exact minimum) is looked up in the curve itself.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from .robust import difference_noise, rolling_median, spread
from .thin import block_edges, block_levels

MOST = 400  # a curve of so many points is its own outline; a longer one is cut into half as many blocks
_LIMIT = 1e150  # beyond this, squares overflow; a loss of this size says the same as a greater one


@dataclass(frozen=True, slots=True)
class Outline:
    """Levels of a curve that is to be minimised."""

    level: Float[np.ndarray, " blocks"]
    smoothed: Float[np.ndarray, " blocks"]  # a running median over about a tenth: its minimum is no lucky draw
    edges: Int[np.ndarray, " edges"]  # of the blocks, in points
    noise: float  # of one level, in the curve's unit
    grain: float  # of one point, in the curve's unit
    first: float  # where the curve begins: its first point, of 100 or more the median of the first three

    @property
    def blocks(self) -> int:
        """How many levels there are."""
        return int(self.level.size)

    @property
    def single(self) -> bool:
        """Whether each level is one point."""
        return self.blocks == int(self.edges[-1])


def smoothing(blocks: int) -> int:
    """How many levels a running median takes, so that 10 points stay as they are and 100 are read nine by nine."""
    return max(1, min(25, blocks // 12 * 2 + 1)) if blocks >= 12 else 1


def outline(value: Float[np.ndarray, " n"]) -> Outline:
    """The outline of a finite curve that is to be minimised. Linear in n."""
    value = np.clip(value, -_LIMIT, _LIMIT)
    edges = np.arange(value.size + 1) if value.size <= MOST else block_edges(value.size, MOST // 2)
    level = value.astype(np.float64) if value.size <= MOST else block_levels(value, edges)
    smoothed = rolling_median(level, smoothing(level.size))
    return Outline(level, smoothed, edges, level_noise(level), difference_noise(value), _first(value))


def _first(value: Float[np.ndarray, " n"]) -> float:
    return float(np.median(value[: 1 if value.size < 100 else 3])) if value.size else 0.0


def level_noise(level: Float[np.ndarray, " blocks"]) -> float:
    """Noise of one level: what neighbours differ by, or, if that is more, what a running median leaves.

    Slow noise (autocorrelated over a few levels) hides from differences, not from the second. The descent of the first
    fifth is left out where there is enough without it.
    """
    tail = level[level.size // 5 :] if level.size >= 15 else level
    near = difference_noise(tail)
    if tail.size < 12:
        return near
    return max(near, spread(tail - rolling_median(tail, max(5, tail.size // 8 * 2 + 1))))
