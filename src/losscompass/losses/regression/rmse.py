"""Root of the mean squared error: a reading in the unit of the target, seldom a loss."""

from math import sqrt

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Readings, Setting
from ._target import noise_of


def readings(_: Loss, setting: Setting) -> Readings:
    target = setting.target
    if target is None:
        return Readings(None, None, 0.0, ("target-unknown",))
    noise, notes = noise_of(target)
    return Readings(sqrt(target.mean**2 + target.variance), sqrt(target.variance), sqrt(noise), notes)


def _deviation(setting: Setting) -> float | None:
    return None if setting.target is None else sqrt(setting.target.variance)


LOSS = Loss(
    id="rmse",
    family="regression",
    tasks=("regression",),
    aliases=("root-mean-squared-error", "RMSELoss", "rms"),
    formula="√ mean (p − y)²",
    contract=Contract(
        prediction=Operand("numbers", "any, equal to the target's", "floating", "any"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any"),
        silent=("broadcast", "root-at-exact-fit", "root-of-batches"),
    ),
    readings=readings,
    smooth="almost-everywhere",
    corners="at p = y: 0/0, NaN unless a small number is added under the root",
    outliers="sensitive",
    imbalance="sensitive",
    implementation="torchmetrics.functional.mean_squared_error",
    code="loss = torch.nn.functional.mse_loss(prediction, target)  # train on the square\nrmse = loss.detach().sqrt()  # read the root",
    curve=np.abs,
    faults=(NamedFault("broadcast-or-nothing-learned", _deviation, benign=True),),
    metrics=("mae", "r2"),
)
