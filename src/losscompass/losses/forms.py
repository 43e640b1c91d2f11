"""The closed forms that several losses share, in nats: entropies, the normal distribution, what the reduction does."""

from math import erf, exp, log, pi, sqrt

import numpy as np
from jaxtyping import Float

from .base import Readings, Setting

Values = Float[np.ndarray, " n"]


def entropy(shares: Values) -> float:
    """−Σ p ln p; shares of 0 add nothing."""
    some = shares[shares > 0]
    return float(-(some * np.log(some)).sum()) + 0.0  # never −0


def binary_entropy(shares: Values) -> Values:
    """−p ln p − (1−p) ln(1−p) of each share; 0 at 0 and 1."""
    return np.asarray(_minus_x_log_x(shares) + _minus_x_log_x(1 - shares))


def _minus_x_log_x(x: Values) -> Values:
    return np.asarray(-x * np.log(np.where(x > 0, x, 1.0)))


def normal_density(x: float) -> float:
    """φ(x) of the unit normal."""
    return exp(-x * x / 2) / sqrt(2 * pi)


def normal_share(x: float) -> float:
    """Φ(x): the share of the unit normal below x."""
    return (1 + erf(x / sqrt(2))) / 2


def class_count(setting: Setting) -> int | None:
    """How many classes there are: told, or as many as there are shares or weights; None where nothing says it."""
    for told in (setting.priors, setting.weights):
        if setting.classes is None and told is not None:
            return len(told)
    return setting.classes


def chance(setting: Setting) -> float | None:
    """Ln C: what an even guess among the classes reads; None where their number is unknown."""
    classes = class_count(setting)
    return None if classes is None else log(classes)


def reduced(
    setting: Setting, start: float | None, baseline: float | None, floor: float | None, *notes: str, weight: float = 1.0
) -> Readings:
    """The readings of the mean, as the reduction of the setting turns them into what is printed.

    `weight`: what one element counts on average where a sum is not divided by the weights (the mean is).
    A sum needs `setting.count`; without it only a floor of 0 is known, and the note "count-unknown" says so.
    """
    if setting.reduction == "mean":
        return Readings(start, baseline, floor, notes)
    if setting.count is None:
        return Readings(None, None, 0.0 if floor == 0 else None, (*notes, "count-unknown"))
    factor = setting.count * weight
    start, baseline, floor = (None if one is None else one * factor for one in (start, baseline, floor))
    return Readings(start, baseline, floor, notes)
