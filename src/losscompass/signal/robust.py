"""Level and noise of a curve that has trends, spikes and heavy tails.

The spread of a whole curve is no noise: the descent is in it. Here noise is what neighbours differ by, or what is left
beside a running median, and one outlier never decides.
"""

import numpy as np
from jaxtyping import Float

from .thin import block_edges, block_levels

_MAD = 1.4826022185056018  # makes the median absolute deviation of a Gaussian its standard deviation
_MEAN_ABS = 1.2533141373155001  # the same for the mean absolute deviation
_SAMPLE = 64  # stretches of a long curve that are looked at
_STRETCH = 512  # points in each: neighbours stay neighbours
_BLOCKWISE = 20_000  # points above which the usual level is taken block by block


def spread(value: Float[np.ndarray, " n"]) -> float:
    """The standard deviation that a Gaussian with this median absolute deviation would have.

    Where more than half of the values are equal (rounded logs) the mean absolute deviation stands in.
    """
    if value.size == 0:
        return 0.0
    off = np.abs(value - np.median(value))
    return float(np.median(off) * _MAD) or float(off.mean() * _MEAN_ABS)


def difference_noise(value: Float[np.ndarray, " n"]) -> float:
    """Point-to-point noise, in the curve's unit: the smaller of what first and second differences say.

    First differences carry the slope, second differences hardly; both carry the noise. At most 32,768 points are looked
    at, in stretches of neighbours, so that a stride does not turn slope into noise.
    """
    if value.size < 3:
        return 0.0
    if value.size > _SAMPLE * _STRETCH:
        starts = np.linspace(0, value.size - _STRETCH, _SAMPLE).astype(np.int64)
        stretches = value[starts[:, None] + np.arange(_STRETCH)]
    else:
        stretches = value[None, :]
    first = np.diff(stretches, axis=1).ravel() / np.sqrt(2.0)
    second = np.diff(stretches, n=2, axis=1).ravel() / np.sqrt(6.0)
    return min(spread(first), spread(second))


def tail_weight(value: Float[np.ndarray, " n"]) -> float:
    """How much further the noise reaches than a Gaussian's: 1 for a Gaussian, 2.4 for t with three degrees of freedom.

    The 99th percentile of the detrended differences against their spread, over what a Gaussian has (2.576).
    """
    change = np.diff(value[: _SAMPLE * _STRETCH])
    if change.size < 50:
        return 1.0
    width = spread(change)
    if width == 0.0:
        return 1.0
    reach = float(np.quantile(np.abs(change - np.median(change)), 0.99)) / width / 2.5758
    return max(1.0, reach)


def rolling_median(value: Float[np.ndarray, " n"], window: int) -> Float[np.ndarray, " n"]:
    """The median of the `window` points around each point; at the ends the window shrinks to what is there.

    Linear in n: for long curves it is taken at every eighth of a window and interpolated between.
    """
    n = value.size
    half = max(0, min(window, n) // 2)
    if half == 0:
        return value.astype(np.float64, copy=True)
    hop = max(1, half // 4) if n > 4096 else 1
    at = np.unique(np.append(np.arange(0, n, hop), n - 1))
    out = np.empty(at.size)
    whole = (at >= half) & (at < n - half)
    inside = at[whole]
    medians = [
        np.partition(value[part[:, None] + np.arange(-half, half + 1)], half, axis=1)[:, half]
        for part in np.array_split(inside, max(1, inside.size * (2 * half + 1) // 1_000_000 + 1))
    ]
    out[whole] = np.concatenate(medians)
    for i in np.flatnonzero(~whole):
        reach = min(int(at[i]), n - 1 - int(at[i]), half)  # symmetric, so that a slope does not pull the ends
        out[i] = np.partition(value[at[i] - reach : at[i] + reach + 1], reach)[reach]
    return out if hop == 1 else np.interp(np.arange(n), at, out)


def level_and_noise(
    value: Float[np.ndarray, " n"], window: int
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """What was usual before each point: the median of the `window` points before it, and the noise around that.

    The first points look at what few came before; the very first at itself. The noise is never below a tenth of the
    whole curve's difference noise: a quiet stretch is no licence to call anything a spike. Curves of more than 20,000
    points are read in blocks of a window, each point against the block before its own.
    """
    n = value.size
    floor = 0.1 * difference_noise(value)
    if n > _BLOCKWISE:
        edges = block_edges(n, n // window)
        before = np.maximum(np.repeat(np.arange(edges.size - 1), np.diff(edges)) - 1, 0)
        moves = np.abs(np.diff(value, append=value[-1]))
        noise = block_levels(moves, edges) * (_MEAN_ABS / np.sqrt(2.0))
        return block_levels(value, edges)[before], np.maximum(noise[before], floor)
    centred = rolling_median(value, window)
    shift = np.maximum(np.arange(n) - (window // 2 + 1), 0)
    noise = rolling_median(np.abs(value - centred), window)[shift] * _MAD
    return centred[shift], np.maximum(noise, floor)
