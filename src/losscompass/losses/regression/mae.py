"""Mean absolute error."""

from math import pi, sqrt

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Readings, Setting
from ..forms import reduced
from ._target import normal_noise


def readings(_: Loss, setting: Setting) -> Readings:
    target = setting.target
    if target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    noise, notes = normal_noise(target)
    baseline = target.mean_absolute_deviation
    return reduced(setting, target.mean_absolute, baseline, min(noise * sqrt(2 / pi), baseline), *notes)


def _deviation(setting: Setting) -> float | None:
    if setting.target is None or setting.reduction != "mean":
        return None
    return setting.target.mean_absolute_deviation


LOSS = Loss(
    id="mae",
    family="regression",
    tasks=("regression",),
    aliases=("mean-absolute-error", "L1Loss", "l1", "absolute-error"),
    formula="mean |p − y|",
    contract=Contract(
        prediction=Operand("numbers", "any, equal to the target's", "floating", "any"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any"),
        silent=("broadcast", "class-ids-as-numbers"),
    ),
    readings=readings,
    smooth="almost-everywhere",
    corners="at p = y: the subgradient 0 is taken; elsewhere −1 or +1 however small the error",
    outliers="robust",
    imbalance="moderate",
    implementation="torch.nn.functional.l1_loss",
    code="assert prediction.shape == target.shape\nloss = torch.nn.functional.l1_loss(prediction, target)",
    curve=np.abs,
    faults=(NamedFault("broadcast-or-nothing-learned", _deviation, benign=True),),
    metrics=("rmse", "r2"),
)
