"""What a regression target looks like where only its mean and spread are told: taken as normally distributed."""

from math import erf, exp, isfinite, pi, sqrt

from .base import TargetStatistics
from .task import Unfit

SPAN = 3.0
"""Standard deviations to each side that are taken as the range: 99.7 % of a normal distribution."""


def normal_target(mean: float, std: float, noise_variance: float = 0.0) -> TargetStatistics:
    """The statistics of a normal target. Raises Unfit for a spread that is none."""
    if not (isfinite(mean) and isfinite(std) and std > 0):
        raise Unfit("spread-range")
    if not (isfinite(noise_variance) and noise_variance >= 0):
        raise Unfit("noise-range")
    z = mean / std
    mean_absolute = std * sqrt(2 / pi) * exp(-z * z / 2) + mean * erf(z / sqrt(2))  # the folded normal
    return TargetStatistics(
        mean=mean,
        variance=std * std,
        mean_absolute_deviation=std * sqrt(2 / pi),
        mean_absolute=mean_absolute,
        minimum=mean - SPAN * std,
        maximum=mean + SPAN * std,
        noise_variance=noise_variance,
    )
