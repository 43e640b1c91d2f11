"""Schedules that are functions of their own: what their rates tell of how often they were meant to be stepped."""

import numpy as np

from ...evidence.names import Kind
from ...evidence.records import Event
from ...evidence.run import Run
from ..seen import count, number, text

SUNK = 0.7  # share of the first rate that is left at most of one that sinks
FREE = ("LambdaLR", "MultiplicativeLR")
WARM = ("LambdaLR", "LinearLR", "SequentialLR")
MEANT = 1e-2  # share of the first rate that a schedule for the whole run would leave at least
RISEN = 1.3  # times the first rate
SPENT = 1e-3  # share of the first rate that is left: as in scheduler-misconfigured


def sinks_by_epochs(run: Run, one: Event, epochs: float) -> bool:
    """Of a rate that is a function of its own: whether it is spent long before the end, where as many calls as there are epochs
    would have let it sink as a schedule should.
    """
    rate = next((seen for seen in run.series.values() if seen.role.kind is Kind.LEARNING_RATE), None)
    if text(one, "class") not in FREE or rate is None or len(rate) < 3 or not rate.value[0] > 0:
        return False
    share = rate.value / rate.value[0]
    at_epochs = float(np.interp(rate.step[0] + epochs, rate.step, share))
    late = share[rate.step >= rate.step[0] + 2 / 3 * (rate.step[-1] - rate.step[0])]
    return bool(share.max() <= 1 and late.max() <= SPENT and MEANT <= at_epochs <= SUNK)


def still_rises(run: Run, one: Event) -> bool:
    """Whether a warm-up was still going on when the run was over, that would have come to its end by the batch."""
    own = number(one, "optimizer")
    given = [number(made, "lr") or 0.0 for made in run.happened("optimizer") if number(made, "number") == own]
    first, high, last = (number(one, key) or 0.0 for key in ("lr_first", "lr_high", "lr_last"))
    by_batch = first + (last - first) / max(1, count(one, "calls")) * count(one, "steps")
    if (number(one, "total_iters") or 0.0) > count(one, "steps"):
        return False  # nor would it have
    return text(one, "class") in WARM and last == high > first * RISEN and bool(given) and by_batch >= given[0] > last
