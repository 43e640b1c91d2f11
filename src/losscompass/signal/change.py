"""Change points: where the level of a curve steps.

Binary segmentation on block medians with a robust cost: linear in the number of points, and at most a few tens of
scans over at most 10,000 blocks.
"""

import math

import numpy as np
from jaxtyping import Float

from .robust import difference_noise
from .thin import block_edges, block_levels

MOST_BLOCKS = 10_000
_REACH = 4.0  # sigmas beyond which a level counts no more than this: one outlier is no step


def change_points(value: Float[np.ndarray, " n"], penalty: float = 3.0, most: int = 10, shortest: int = 5) -> list[int]:
    """Positions (points) at which the level steps, rising order; at most `most` of them.

    A step counts if it lowers the squared error by more than `penalty`² · ln(n) noise variances, and leaves at
    least `shortest` blocks on both sides.
    """
    n = value.size
    edges = np.arange(n + 1) if n <= MOST_BLOCKS else block_edges(n, MOST_BLOCKS)
    level = value.astype(np.float64) if n <= MOST_BLOCKS else block_levels(value, edges)
    noise = difference_noise(level)
    m = level.size
    if m < 2 * shortest or noise == 0.0:
        return []
    with np.errstate(over="ignore"):
        scaled = np.clip((level - np.median(level)) / noise, -1e9, 1e9)
    bar = penalty**2 * math.log(m)
    found: list[int] = []
    open_parts = [(0, m)]
    while open_parts and len(found) < most:
        splits = [(*_best_split(scaled[a:b], shortest), a, b) for a, b in open_parts]
        gain, cut, a, b = max(splits)
        if gain <= bar:
            break
        found.append(a + cut)
        open_parts.remove((a, b))
        open_parts += [(a, a + cut), (a + cut, b)]
    return [int(edges[block]) for block in sorted(found)]


def _best_split(part: Float[np.ndarray, " n"], shortest: int) -> tuple[float, int]:
    """The split into two levels that lowers the squared error most: (how much, where)."""
    n = part.size
    if n < 2 * shortest:
        return 0.0, 0
    middle = float(np.median(part))
    width = float(np.median(np.abs(part - middle))) * 1.4826
    clipped = np.clip(part, middle - _REACH * max(width, 1.0), middle + _REACH * max(width, 1.0))
    left = np.cumsum(clipped)[shortest - 1 : n - shortest]
    counts = np.arange(shortest, n - shortest + 1)
    total = float(clipped.sum())
    gain = left**2 / counts + (total - left) ** 2 / (n - counts) - total**2 / n
    best = int(gain.argmax())
    return float(gain[best]), int(counts[best])
