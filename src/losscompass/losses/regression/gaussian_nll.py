"""Negative log-likelihood of a normal distribution whose mean and variance are both predicted."""

from math import log, pi

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values, reduced
from ._target import noise_of

LEAST = 1e-6  # torch does not let the variance go below it
CONSTANT = log(2 * pi) / 2  # of the density, left out unless full=True


def readings(loss: Loss, setting: Setting) -> Readings:
    whole = CONSTANT if setting.parameter(loss, "full") else 0.0
    target = setting.target
    clamp = log(LEAST) / 2 + whole
    if target is None:
        return reduced(setting, None, None, clamp, "target-unknown", "floor-is-the-clamp")
    noise, notes = noise_of(target)
    if noise <= LEAST:
        notes = (*notes, "floor-is-the-clamp")
    start = (target.mean**2 + target.variance) / 2 + whole
    spread = max(target.variance, LEAST)
    baseline = (log(spread) + target.variance / spread) / 2 + whole
    floor = (log(noise) + 1) / 2 + whole if noise > LEAST else clamp
    return reduced(setting, start, baseline, min(floor, baseline), *notes)


def curve(error: Values) -> Values:
    """Of the error, where the predicted variance is 1."""
    return np.asarray(np.square(error) / 2)


def _clamped(setting: Setting) -> float | None:
    return None if setting.reduction == "sum" else log(LEAST) / 2 + CONSTANT * bool(setting.parameters.get("full"))


LOSS = Loss(
    id="gaussian-nll",
    family="regression",
    tasks=("regression",),
    aliases=("GaussianNLLLoss", "normal-nll", "heteroscedastic"),
    formula="mean ½[ln v + (p − y)²/v]  (+ ½ ln 2π with full=True)",
    contract=Contract(
        prediction=Operand("numbers and variances", "two of the target's shape", "floating", "variance > 0"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any; best standardised"),
        silent=("variance-or-its-logarithm", "variance-collapse", "broadcast"),
    ),
    readings=readings,
    parameters=(Parameter("full", 0.0, low=0.0, high=1.0),),
    outliers="moderate",
    imbalance="moderate",
    implementation="torch.nn.functional.gaussian_nll_loss",
    code="variance = torch.nn.functional.softplus(raw_variance) + 1e-6\nloss = torch.nn.functional.gaussian_nll_loss(mean, target, variance)",
    curve=curve,
    faults=(NamedFault("variance-collapse", _clamped),),
    metrics=("mae", "rmse", "r2"),
)
