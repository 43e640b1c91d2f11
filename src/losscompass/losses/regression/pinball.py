"""Pinball loss: the error weighed by its side, least at a quantile."""

from math import sqrt
from statistics import NormalDist

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting, TargetStatistics
from ..forms import Values, normal_density, reduced
from ._target import normal_noise


def readings(loss: Loss, setting: Setting) -> Readings:
    target = setting.target
    if target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    share = setting.parameter(loss, "quantile")
    noise, notes = normal_noise(target)
    start = target.mean_absolute / 2 + (share - 0.5) * target.mean
    baseline, assumed = _baseline(target, share)
    baseline = min(baseline, start)
    return reduced(setting, start, baseline, min(noise * _of_unit_normal(share), baseline), *notes, *assumed)


def _baseline(target: TargetStatistics, share: float) -> tuple[float, tuple[str, ...]]:
    if target.values is not None and len(target.values):
        error = target.values - np.quantile(target.values, share, method="inverted_cdf")
        return float(pinball(error, share).mean()), ()
    if share == 0.5:
        return target.mean_absolute_deviation / 2, ()
    return sqrt(target.variance) * _of_unit_normal(share), ("normal-target",)


def pinball(error: Values, share: float) -> Values:
    """τe where the target lies above (e = y − p ≥ 0), (τ − 1)e where it lies below."""
    return np.asarray(np.maximum(share * error, (share - 1) * error))


def _of_unit_normal(share: float) -> float:
    return normal_density(NormalDist().inv_cdf(share)) if 0 < share < 1 else 0.0


def curve(prediction: Values) -> Values:
    """For τ = 0.9 and a target of 0."""
    return pinball(-prediction, 0.9)


LOSS = Loss(
    id="pinball",
    family="regression",
    tasks=("regression",),
    aliases=("quantile", "QuantileLoss", "mean-pinball"),
    formula="mean max(τ(y − p), (τ − 1)(y − p))",
    contract=Contract(
        prediction=Operand("quantiles", "any, equal to the target's", "floating", "any"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any"),
        silent=("sign-of-error", "crossing-quantiles", "broadcast"),
    ),
    readings=readings,
    parameters=(Parameter("quantile", 0.5, low=0.0, high=1.0),),
    smooth="almost-everywhere",
    corners="at p = y: any number from −τ to 1 − τ may be taken",
    outliers="robust",
    imbalance="moderate",
    implementation="sklearn.metrics.mean_pinball_loss",
    code="error = target - prediction\nloss = torch.maximum(0.9 * error, (0.9 - 1) * error).mean()  # the 90 % quantile",
    curve=curve,
    metrics=("coverage", "mae"),
)
