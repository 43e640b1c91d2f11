"""Huber loss: squared near the target, absolute far from it."""

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import Values, reduced
from ._huber import huber, huber_readings


def readings(loss: Loss, setting: Setting) -> Readings:
    if setting.target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    start, baseline, floor, notes = huber_readings(setting.target, setting.parameter(loss, "delta"))
    return reduced(setting, start, baseline, floor, *notes)


def curve(error: Values) -> Values:
    return huber(error, 1.0)


LOSS = Loss(
    id="huber",
    family="regression",
    tasks=("regression",),
    aliases=("HuberLoss",),
    formula="mean h(p − y), h(e) = ½e² if |e| ≤ δ, else δ(|e| − ½δ)",
    contract=Contract(
        prediction=Operand("numbers", "any, equal to the target's", "floating", "any"),
        target=Operand("numbers", "any, equal to the prediction's", "floating", "any; δ is in its unit"),
        silent=("broadcast", "half-of-squared-error", "delta-in-another-unit"),
    ),
    readings=readings,
    parameters=(Parameter("delta", 1.0, low=1e-12),),
    outliers="robust",
    imbalance="moderate",
    implementation="torch.nn.functional.huber_loss",
    code="loss = torch.nn.functional.huber_loss(prediction, target, delta=1.0)",
    curve=curve,
    metrics=("mae", "rmse", "r2"),
)
