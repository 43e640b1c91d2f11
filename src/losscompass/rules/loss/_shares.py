"""Shares that do not add up along the classes, by their numbers alone."""

from math import log

from ...evidence.records import Event
from ..operations import axes_of_one, last_operation
from ..seen import number, shape

ROUNDING = 0.02  # of a logarithm: half precision keeps three digits


def of_no_classes(call: Event) -> bool:
    """Whether log-probabilities cannot be those of the classes, by their size alone.

    Of C classes the likeliest has a share of 1 / C at least, and the logarithms of all add up to −C·log C at most.
    """
    given, most = shape(call, "input_shape"), number(call, "input_max")
    high = number(call, "rows_sum_high")
    if given is None or len(given) < 2 or given[1] < 2 or most is None or high is None:
        return False
    even = log(given[1])
    return last_operation(call) == "LogSoftmax" and (most < -even - ROUNDING or high > given[1] * (ROUNDING - even))


def shared_among_samples(call: Event) -> bool:
    """Whether one side of a divergence is shares along the samples, and the other along the classes: only one can be meant."""
    sides, given = [axes_of_one(call, key) for key in ("log_axes", "target_axes")], shape(call, "input_shape")
    if given is None or len(given) < 2 or min(given) < 2:
        return False
    return {(0,), (len(given) - 1,)} == set(sides)
