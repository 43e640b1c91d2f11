"""Diffusion trained to predict the clean data x₀."""

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ._schedules import PARAMETERS, independent_floor


def readings(loss: Loss, setting: Setting) -> Readings:
    """E x₀² for an output of 0, the variance at the mean; above 0, since much noise leaves little to see."""
    if setting.target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    mean, variance = setting.target.mean, setting.target.variance
    floor, notes = independent_floor(loss, setting, lambda a, s: s * (1 - a) / (a * s + 1 - a))
    return reduced(setting, variance + mean**2, variance, min(floor, variance), *notes)


LOSS: Loss = Loss(
    id="diffusion-x0",
    family="generative",
    tasks=("generative",),
    aliases=("x0-prediction", "sample-prediction", "x-prediction"),
    formula="mean (x₀ − x̂₀(√ᾱ·x₀ + √(1−ᾱ)·ε, t))²",
    contract=Contract(
        prediction=Operand("data", "as the input", "float", "the data's own"),
        target=Operand("data", "as the input", "float", "mostly −1 … 1"),
        silent=("unscaled-data", "noisy-target", "prediction-type-mismatch"),
    ),
    readings=readings,
    parameters=PARAMETERS,
    outliers="sensitive",
    implementation="torch.nn.functional.mse_loss",
    code="loss = F.mse_loss(model(noisy, t), clean)",
    curve=lambda error: error**2,
    faults=(mean_fault("mean-image", lambda setting: setting.target.variance if setting.target else None),),
    metrics=("fid", "loss-by-noise-level"),
)
