"""Diffusion trained to predict the noise ε (arXiv 2006.11239): mean squared error against unit normal noise."""

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ._schedules import PARAMETERS, independent_floor


def readings(loss: Loss, setting: Setting) -> Readings:
    """1 for an output of 0, which is also the best constant; above 0, since noise cannot be told from data entirely."""
    floor, notes = independent_floor(loss, setting, lambda a, variance: a * variance / (a * variance + 1 - a))
    return reduced(setting, 1.0, 1.0, min(floor, 1.0), *notes)


LOSS: Loss = Loss(
    id="diffusion-epsilon",
    family="generative",
    tasks=("generative",),
    aliases=("ddpm", "diffusion", "diffusion-noise", "epsilon-prediction", "eps-prediction"),
    formula="mean (ε − ε̂(√ᾱ·x₀ + √(1−ᾱ)·ε, t))²",
    contract=Contract(
        prediction=Operand("noise", "as the input", "float", "any"),
        target=Operand("noise", "as the input", "float", "unit normal, the same draw that was mixed in"),
        silent=("fresh-noise", "other-diffusion-loss", "unscaled-data", "loss-of-mixed-steps"),
    ),
    readings=readings,
    parameters=PARAMETERS,
    outliers="sensitive",
    implementation="torch.nn.functional.mse_loss",
    code="loss = F.mse_loss(model(noisy, t), noise)",
    curve=lambda error: error**2,
    faults=(mean_fault("noise-not-predicted", lambda _: 1.0, tolerance=3e-3),),
    metrics=("fid", "loss-by-noise-level", "clip-score"),
)
