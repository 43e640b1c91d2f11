"""Hinge GAN (arXiv 1705.02894, 1802.05957)."""

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """Discriminator: 2 at the start and for every constant score from −1 to 1, 0 where all margins are kept; generator: 0."""
    if setting.parameter(loss, "generator") >= 0.5:
        return reduced(setting, 0.0, None, None, "scale-is-free")
    return reduced(setting, 2.0, 2.0, 0.0, "equilibrium-is-the-baseline")


LOSS: Loss = Loss(
    id="gan-hinge",
    family="generative",
    tasks=("generative",),
    aliases=("hinge-gan", "hinge-adversarial"),
    formula="D: mean max(0, 1 − D(x)) + mean max(0, 1 + D(G(z)));  G: −mean D(G(z))",
    contract=Contract(
        prediction=Operand("scores", "(N, 1) or a map of patches", "float", "any, no sigmoid"),
        target=Operand("none", "–", "–", "real and fake go through separate terms"),
        silent=("activation-added", "generator-with-hinge", "relu-before-mean-missing"),
    ),
    readings=readings,
    parameters=(Parameter("generator", 0.0, low=0.0, high=1.0),),
    direction=0,
    smooth="almost-everywhere",
    corners="D(x) = 1 and D(G(z)) = −1: a gradient of 0 is taken",
    outliers="moderate",
    implementation="torch.nn.functional.relu",
    code="d_loss = F.relu(1 - D(x)).mean() + F.relu(1 + D(G(z).detach())).mean()\ng_loss = -D(G(z)).mean()",
    curve=lambda score: np.maximum(0.0, 1 - score),
    faults=(mean_fault("discriminator-cannot-tell", lambda _: 2.0, benign=True),),
    metrics=("fid", "kid", "d-real", "d-fake"),
)
