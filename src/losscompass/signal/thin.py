"""Fewer points, same picture: strides, block levels, and a thinning for plots that keeps the extremes.

Everything here is linear in the number of points, and none of it needs more memory than a few copies of the curve.
"""

import numpy as np
from jaxtyping import Float, Int

_PARTS = 5  # sub-blocks whose means are compared by their median: two of them may be spoilt


def stride_index(n: int, limit: int) -> Int[np.ndarray, " m"]:
    """At most `limit` positions of 0..n-1, evenly spread, the first and the last among them."""
    if n <= limit:
        return np.arange(n)
    return np.unique(np.linspace(0, n - 1, max(limit, 2)).round().astype(np.int64))


def block_edges(n: int, blocks: int) -> Int[np.ndarray, " edges"]:
    """The borders of `blocks` runs of neighbours that cover 0..n and differ in length by one at most."""
    blocks = max(1, min(blocks, n))
    return np.linspace(0, n, blocks + 1).round().astype(np.int64)


def block_levels(value: Float[np.ndarray, " n"], edges: Int[np.ndarray, " edges"]) -> Float[np.ndarray, " blocks"]:
    """A robust level of each block: its median where blocks are short, else the median of the means of five parts.

    The second costs a tenth of the first and forgives as many spoilt neighbours as a spike has.
    """
    widths = np.diff(edges)
    if value.size == 0 or widths.size == 0:
        return np.empty(0)
    if int(widths.max()) < 3 * _PARTS:
        levels = np.empty(widths.size)
        for width in np.unique(widths):
            rows = np.flatnonzero(widths == width)
            levels[rows] = np.median(value[edges[rows][:, None] + np.arange(width)], axis=1)
        return levels
    inner = (edges[:-1, None] + widths[:, None] * np.arange(_PARTS) // _PARTS).ravel()
    sums = np.add.reduceat(value, inner)
    means = sums / np.diff(np.append(inner, value.size))
    return np.asarray(np.median(means.reshape(widths.size, _PARTS), axis=1))


def minmax_index(value: Float[np.ndarray, " n"], limit: int) -> Int[np.ndarray, " m"]:
    """Positions of at most `limit` points that draw the same line: the lowest and the highest of each stretch, the ends.

    Non-finite points are passed over, but the first of them is kept: a plot has to show where a curve breaks.
    """
    n = value.size
    if n <= limit or limit < 6:
        return np.arange(n) if n <= limit else stride_index(n, limit)
    edges = block_edges(n, (limit - 3) // 2)
    finite = np.isfinite(value)
    low, high = np.where(finite, value, np.inf), np.where(finite, value, -np.inf)
    width = int(np.diff(edges).max())
    rows = np.minimum(edges[:-1, None] + np.arange(width), edges[1:, None] - 1)
    picks = [np.take_along_axis(rows, low[rows].argmin(1)[:, None], 1).ravel()]
    picks.append(np.take_along_axis(rows, high[rows].argmax(1)[:, None], 1).ravel())
    picks.append(np.array([0, n - 1]))
    broken = np.flatnonzero(~finite)[:1]
    return np.unique(np.concatenate([*picks, broken]))
