"""What a last activation can give, beside what the targets ask for."""

from math import inf

from ...evidence.records import Event
from ..seen import number
from ._by_hand import RANGES

GIVEN = RANGES | {
    "Softplus": (0.0, inf),
    "Exp": (0.0, inf),
    "Abs": (0.0, inf),
    "Elu": (-1.0, inf),
    "Silu": (-0.28, inf),
    "Gelu": (-0.17, inf),
}
"""The least and the most that an activation gives: smooth ones beside those that are told apart in losses by hand."""
OUT_OF_REACH = 0.1  # share of the targets' range: less than that may be a few outliers, or rounding


def out_of_reach(call: Event, last: str) -> bool:
    """Whether a good part of the targets lies where the activation cannot go."""
    least, most = number(call, "target_min"), number(call, "target_max")
    mean, std = number(call, "target_mean"), number(call, "target_std")
    if least is None or most is None or mean is None or std is None or most <= least:
        return False
    low, high = GIVEN[last]
    beyond = max(0.0, low - least) + max(0.0, most - high)
    return beyond >= OUT_OF_REACH * (most - least) and (mean - std < low or mean + std > high)
