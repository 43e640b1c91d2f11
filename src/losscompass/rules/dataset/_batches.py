"""What the statistics of single batches tell of the data, where no sample of the pairs was taken: of a loss written by hand."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run, Series
from ..base import Undecided
from ..pairs import figure
from ..seen import count, shape, text

BATCHES = 3  # of training
USUAL = 90.0  # size from which on a whole number of this kind is meant as a mark (−99, −999 …)
LEAST, MOST = 0.002, 0.5  # share of the numbers of a batch that are the mark
FAR = 5.0  # times larger than all other numbers
ROWS, COLUMNS = 20, 4  # of each batch, and features that vary
APART = 2.0  # times: the columns of the one part, widest, against those of the other, narrowest
STEPS = 50  # losses of batches
LEAP, SOME = 100.0, 0.4  # times the usual loss, in each fifth of the run; share of the batches
CALM = 10.0  # times that the usual loss changes over the run


def marked_batches(run: Run) -> Iterator[tuple[Event, float, float]]:
    """Batches of training in which some numbers are one and the same mark at the end of the range, with the mark and its share.

    All others are small beside it: mean and spread of all are those of a value that is either the mark or next to nothing.
    """
    for batch in run.happened("batch"):
        share, mean, spread = (figure(batch, key, 0) for key in ("sentinels", "mean", "std"))
        ends = [figure(batch, key, 0) for key in ("min", "max")]
        value = max(ends, key=abs)
        if text(batch, "phase") == "val" or batch.data.get("whole") is not False or not LEAST <= share <= MOST:
            continue
        if abs(value) < USUAL or value != round(value) or abs(sum(ends) - value) > abs(value) / FAR:
            continue
        if abs(mean / value - share) <= share / FAR and abs(spread / value) ** 2 <= share:
            yield batch, value, share


def on_another_scale(run: Run, scale: float) -> tuple[int, float] | None:
    """Of tables: the columns, and how the spreads differ, where every column of the validation spreads otherwise than any does in training.

    Raises Undecided where too few batches were looked at.
    """
    batches = run.happened("batch")
    train = [one for one in batches if text(one, "phase") != "val"]
    val = [one for one in batches if text(one, "phase") == "val"]
    if len(train) < BATCHES or not val:
        raise Undecided("watched-data-look")
    shapes = [shape(one, "shape") or () for one in batches]
    whole = any(one.data.get("whole") is not False for one in batches)
    if whole or len({one[1:] for one in shapes}) != 1 or min(one[0] if one else 0 for one in shapes) < ROWS:
        return None
    low, their_low = (min(figure(one, "feature_std_low", 0) for one in part) for part in (train, val))
    high, their_high = (max(figure(one, "feature_std_high", 0) for one in part) for part in (train, val))
    spread, their = (float(np.median([figure(one, "std", 0) for one in part])) for part in (train, val))
    columns = min(count(one, "features") - count(one, "constant_features") for one in batches)
    if columns < COLUMNS or min(low, their_low, spread, their) <= 0:
        return None
    ratio = max(spread / their, their / spread)
    apart = their_high * APART <= low or high * APART <= their_low
    return (columns, ratio) if ratio >= scale and apart and np.isfinite(ratio) else None


def leaps(loss: Series) -> tuple[float, float] | None:
    """How many times the usual loss single batches cost, and their share, if they do so from the first to the last of the run.

    The usual loss stays as it is meanwhile: a step too long would move it as well, and a model that fits would lower it.
    """
    if len(loss) < STEPS or not np.isfinite(loss.value).all():
        return None
    fifths = [np.abs(one) for one in np.array_split(loss.value, 5)]
    usual = [float(np.median(one)) for one in fifths]
    if min(usual) <= 0 or max(usual) > CALM * min(usual):
        return None
    high = [one / middle for one, middle in zip(fifths, usual, strict=True)]
    share = float(np.mean(np.concatenate(high) >= LEAP / 2))
    found = float(np.median([one.max() for one in high]))
    each = all(float(one.max()) >= LEAP for one in high)
    return (found, share) if each and share <= SOME and np.isfinite(found) else None
