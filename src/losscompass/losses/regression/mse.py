"""Mean squared error."""

import numpy as np

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import reduced
from ._target import at_variance, noise_of


def readings(_: Loss, setting: Setting) -> Readings:
    target = setting.target
    if target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    noise, notes = noise_of(target)
    return reduced(setting, target.mean**2 + target.variance, target.variance, noise, *notes)


LOSS = Loss(
    id="mse",
    family="regression",
    tasks=("regression",),
    aliases=("mean-squared-error", "MSELoss", "l2", "squared-error", "quadratic"),
    formula="mean (p − y)²",
    contract=Contract(
        prediction=Operand("numbers", "any, equal to the target's", "floating", "any"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any; best standardised"),
        silent=("broadcast", "class-ids-as-numbers", "root-at-exact-fit"),
    ),
    readings=readings,
    outliers="sensitive",
    imbalance="sensitive",
    implementation="torch.nn.functional.mse_loss",
    code="assert prediction.shape == target.shape\nloss = torch.nn.functional.mse_loss(prediction, target)",
    curve=np.square,
    faults=(at_variance(1.0, "broadcast-or-nothing-learned"), at_variance(2.0, "broadcast")),
    metrics=("mae", "rmse", "r2"),
)
