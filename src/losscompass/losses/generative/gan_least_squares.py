"""Least-squares GAN (arXiv 1611.04076), labels 0 and 1."""

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """At output 0, at the constant ½ where the discriminator cannot tell, and 0; `factor` is ½ in the paper."""
    factor = setting.parameter(loss, "factor")
    if setting.parameter(loss, "generator") >= 0.5:
        return reduced(setting, factor, factor / 4, None, "equilibrium-is-the-baseline")
    return reduced(setting, factor, factor / 2, 0.0, "equilibrium-is-the-baseline")


LOSS: Loss = Loss(
    id="gan-least-squares",
    family="generative",
    tasks=("generative",),
    aliases=("lsgan", "ls-gan", "least-squares-gan"),
    formula="D: ½·(D(x) − 1)² + ½·D(G(z))²;  G: ½·(D(G(z)) − 1)²",
    contract=Contract(
        prediction=Operand("scores", "(N, 1) or a map of patches", "float", "any, no sigmoid"),
        target=Operand("real-or-fake", "as the prediction", "float", "1 real, 0 fake"),
        silent=("activation-added", "factor-differs", "broadcast"),
    ),
    readings=readings,
    parameters=(Parameter("generator", 0.0, low=0.0, high=1.0), Parameter("factor", 0.5, low=0.0)),
    direction=0,
    outliers="sensitive",
    implementation="torch.nn.functional.mse_loss",
    code="d_loss = 0.5 * (mse(D(x), ones) + mse(D(G(z).detach()), zeros))  # mse = F.mse_loss\ng_loss = 0.5 * mse(D(G(z)), ones)",
    curve=lambda score: 0.5 * (score - 1) ** 2,
    curve_range=(-1.0, 3.0),
    faults=(
        mean_fault("discriminator-cannot-tell", lambda setting: setting.parameter(LOSS, "factor") / 2, benign=True),
    ),
    metrics=("fid", "kid", "d-real", "d-fake"),
)
