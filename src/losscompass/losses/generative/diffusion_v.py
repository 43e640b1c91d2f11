"""Diffusion trained to predict the velocity v = √ᾱ·ε − √(1−ᾱ)·x₀ (arXiv 2202.00512)."""

import numpy as np

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ._schedules import PARAMETERS, independent_floor, kept


def readings(loss: Loss, setting: Setting) -> Readings:
    """mean[ᾱ + (1−ᾱ)·E x₀²] for an output of 0; the constant takes away the mean of v; above 0."""
    if setting.target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    mean, variance = setting.target.mean, setting.target.variance
    signal = kept(loss, setting)
    start = float(np.mean(signal + (1 - signal) * (variance + mean**2)))
    baseline = start - (mean * float(np.mean(np.sqrt(1 - signal)))) ** 2
    floor, notes = independent_floor(loss, setting, lambda a, s: s / (a * s + 1 - a))
    return reduced(setting, start, baseline, min(floor, baseline), *notes)


LOSS: Loss = Loss(
    id="diffusion-v",
    family="generative",
    tasks=("generative",),
    aliases=("v-prediction", "velocity-prediction"),
    formula="mean (v − v̂(√ᾱ·x₀ + √(1−ᾱ)·ε, t))², v = √ᾱ·ε − √(1−ᾱ)·x₀",
    contract=Contract(
        prediction=Operand("velocity", "as the input", "float", "any"),
        target=Operand("velocity", "as the input", "float", "√ᾱ·ε − √(1−ᾱ)·x₀"),
        silent=("sign-of-v", "unscaled-data", "prediction-type-mismatch"),
    ),
    readings=readings,
    parameters=PARAMETERS,
    outliers="sensitive",
    implementation="torch.nn.functional.mse_loss",
    code="v = alpha_bar.sqrt() * noise - (1 - alpha_bar).sqrt() * clean\nloss = F.mse_loss(model(noisy, t), v)",
    curve=lambda error: error**2,
    faults=(mean_fault("velocity-not-predicted", lambda setting: readings(LOSS, setting).start),),
    metrics=("fid", "loss-by-noise-level"),
)
