"""Running means that begin anew every epoch: a progress bar's sawtooth is an artefact of printing, not of training.

Inside an epoch such a number averages everything since the epoch began, so it moves less and less; at the border it
starts again from a single batch. Only the last value of an epoch is a measurement of that epoch.
"""

import numpy as np
from jaxtyping import Bool, Float, Int

MIN_EPOCHS = 3
MIN_POINTS = 4  # in an epoch
_CALMING = 2.0  # the first quarter of an epoch moves at least so many times as much as its last quarter
_JUMP = 3.0  # and the border jumps by so many of the last quarter's moves
_MOST = 0.6  # of the epochs have to look like that


def epoch_ends(epoch: Float[np.ndarray, " n"]) -> Int[np.ndarray, " epochs"]:
    """Position of the last point of each epoch, from the whole part of a (possibly fractional) epoch count."""
    if epoch.size == 0:
        return np.empty(0, dtype=np.int64)
    whole = np.floor(epoch)
    borders = np.flatnonzero(np.diff(whole) != 0)
    return np.append(borders, epoch.size - 1).astype(np.int64)


def resets(value: Float[np.ndarray, " n"], ends: Int[np.ndarray, " epochs"]) -> bool:
    """Whether `value` is a running mean that starts anew after each of `ends`."""
    starts = np.concatenate(([0], ends[:-1] + 1))
    long = ends - starts + 1 >= MIN_POINTS
    if int(long.sum()) < MIN_EPOCHS:
        return False
    calming: list[bool] = []
    for start, end in zip(starts[long], ends[long], strict=True):
        moves = np.abs(np.diff(value[start : end + 1]))
        quarter = max(1, moves.size // 4)
        early, late = float(moves[:quarter].mean()), float(moves[-quarter:].mean())
        jump = abs(float(value[min(end + 1, value.size - 1)] - value[end])) if end + 1 < value.size else np.inf
        calming.append(early > _CALMING * late and jump > _JUMP * late)
    return float(np.mean(calming)) >= _MOST


def keep_ends(value: Float[np.ndarray, " n"], epoch: Float[np.ndarray, " n"] | None) -> Bool[np.ndarray, " n"] | None:
    """Which points of a sawtooth are measurements (the last of each epoch); None where the curve is no sawtooth."""
    if epoch is None or not bool(np.isfinite(epoch).all()):
        return None
    ends = epoch_ends(epoch)
    if ends.size * MIN_POINTS > value.size or not resets(value, ends):
        return None
    keep = np.zeros(value.size, dtype=np.bool_)
    keep[ends] = True
    return keep
