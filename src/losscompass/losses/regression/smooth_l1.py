"""Smooth L1: the Huber loss divided by its own width."""

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import Values, reduced
from ._huber import huber, huber_readings


def readings(loss: Loss, setting: Setting) -> Readings:
    if setting.target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    beta = max(setting.parameter(loss, "beta"), 1e-9)  # at 0 it is the absolute error, whose limit this is
    start, baseline, floor, notes = huber_readings(setting.target, beta)
    return reduced(setting, start / beta, baseline / beta, floor / beta, *notes)


def curve(error: Values) -> Values:
    return huber(np.asarray(error), 1.0)


LOSS = Loss(
    id="smooth-l1",
    family="regression",
    tasks=("regression", "detection"),
    aliases=("SmoothL1Loss",),
    formula="mean h(p − y), h(e) = ½e²/β if |e| ≤ β, else |e| − ½β",
    contract=Contract(
        prediction=Operand("numbers", "any, equal to the target's", "floating", "any"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any; β is in its unit"),
        silent=("broadcast", "delta-in-another-unit"),
    ),
    readings=readings,
    parameters=(Parameter("beta", 1.0, low=0.0),),
    smooth="everywhere",
    corners="with β = 0 that of the absolute error, at p = y",
    outliers="robust",
    imbalance="moderate",
    implementation="torch.nn.functional.smooth_l1_loss",
    code="loss = torch.nn.functional.smooth_l1_loss(prediction, target, beta=1.0)",
    curve=curve,
    metrics=("mae", "rmse", "r2"),
)
