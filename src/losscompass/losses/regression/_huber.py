"""Expectations of the Huber function, of given values and of a normal distribution."""

from math import sqrt

import numpy as np

from ..base import TargetStatistics
from ..forms import Values, normal_density, normal_share
from ._target import normal_noise


def huber(x: Values, delta: float) -> Values:
    """½x² within ±δ, δ(|x| − ½δ) beyond."""
    size = np.abs(x)
    inside = np.minimum(size, delta)
    return np.asarray(inside * (size - inside / 2))


def expected_of_normal(mean: float, deviation: float, delta: float) -> float:
    """E huber(X) for X normal."""
    if deviation == 0:
        return float(huber(np.array([mean]), delta)[0])
    low, high = (-delta - mean) / deviation, (delta - mean) / deviation
    below, within = normal_share(low), normal_share(high) - normal_share(low)
    at_low, at_high = normal_density(low), normal_density(high)
    square = (mean**2 + deviation**2) * within + 2 * mean * deviation * (at_low - at_high)
    square += deviation**2 * (low * at_low - high * at_high)
    above = delta * ((mean - delta / 2) * normal_share(-high) + deviation * at_high)
    return square / 2 + above + delta * ((-mean - delta / 2) * below + deviation * at_low)


def best_constant(values: Values, delta: float) -> float:
    """Min over c of mean huber(y − c): the root of the mean of the clipped errors, by halving."""
    low, high = float(values.min()), float(values.max())
    for _ in range(60):
        middle = (low + high) / 2
        if np.clip(values - middle, -delta, delta).mean() > 0:
            low = middle
        else:
            high = middle
    return float(huber(values - (low + high) / 2, delta).mean())


def huber_readings(target: TargetStatistics, delta: float) -> tuple[float, float, float, tuple[str, ...]]:
    """Start, baseline, floor and notes. Exact where the values are at hand, else of a normal distribution (and so noted)."""
    noise, notes = normal_noise(target)
    floor = expected_of_normal(0.0, noise, delta)
    if target.values is not None and len(target.values):
        start, baseline = float(huber(target.values, delta).mean()), best_constant(target.values, delta)
    else:
        deviation = sqrt(target.variance)
        start = expected_of_normal(target.mean, deviation, delta)
        baseline = expected_of_normal(0.0, deviation, delta)
        notes = (*notes, "normal-target")
    baseline = min(baseline, start)
    return start, baseline, min(floor, baseline), notes
