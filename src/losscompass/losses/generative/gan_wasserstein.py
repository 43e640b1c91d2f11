"""Wasserstein GAN (arXiv 1701.07875), with the gradient penalty of 1704.00028 where one is given."""

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """A constant critic reads 0, and λ·(0 − 1)² of gradient penalty; there is no floor, and the scale is free."""
    penalty = setting.parameter(loss, "penalty")
    if setting.parameter(loss, "generator") >= 0.5:
        return reduced(setting, 0.0, None, None, "scale-is-free")
    return reduced(setting, penalty, penalty, None, "scale-is-free")


LOSS: Loss = Loss(
    id="gan-wasserstein",
    family="generative",
    tasks=("generative",),
    aliases=("wgan", "wgan-gp", "wasserstein"),
    formula="D: mean D(G(z)) − mean D(x) + λ·mean (‖∇D‖ − 1)²;  G: −mean D(G(z))",
    contract=Contract(
        prediction=Operand("scores", "(N, 1)", "float", "any, no sigmoid"),
        target=Operand("none", "–", "–", "real and fake go through separate terms"),
        silent=("no-lipschitz-bound", "sign-flipped", "batch-norm-in-critic", "sigmoid-left-in"),
    ),
    readings=readings,
    parameters=(Parameter("generator", 0.0, low=0.0, high=1.0), Parameter("penalty", 0.0, low=0.0)),
    direction=0,
    outliers="sensitive",
    implementation="torch.mean",
    code="d_loss = D(G(z).detach()).mean() - D(x).mean() + 10 * gradient_penalty\ng_loss = -D(G(z)).mean()",
    curve=lambda score: -score,
    faults=(mean_fault("critic-gradient-zero", lambda setting: setting.parameter(LOSS, "penalty"), benign=True),),
    metrics=("fid", "kid", "critic-difference"),
)
