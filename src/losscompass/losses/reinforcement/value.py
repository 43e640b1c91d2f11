"""The value loss: squared error of the predicted return. It rises as the agent gets better and returns grow."""

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """E R² for V = 0, Var R for the best constant (explained variance 0), and what chance leaves of the returns."""
    if setting.target is None:
        return reduced(setting, None, None, 0.0, "target-unknown")
    factor, returns = setting.parameter(loss, "factor"), setting.target
    floor = factor * min(returns.noise_variance, returns.variance)
    start = factor * (returns.variance + returns.mean**2)
    return reduced(setting, start, factor * returns.variance, floor, "rises-with-returns")


def constant(setting: Setting) -> float | None:
    """The value head gives the mean return whatever the state."""
    return setting.parameter(LOSS, "factor") * setting.target.variance or None if setting.target else None


LOSS: Loss = Loss(
    id="value",
    family="reinforcement",
    tasks=("rl",),
    aliases=("value-loss", "critic-loss", "value_function_loss", "vf_loss"),
    formula="mean (R − V(s))², sometimes times ½",
    contract=Contract(
        prediction=Operand("values", "(N,)", "float", "any"),
        target=Operand("returns", "(N,)", "float", "any; constants here, without gradient"),
        silent=("broadcast", "bootstrap-past-the-end", "target-keeps-gradient", "factor-differs"),
    ),
    readings=readings,
    parameters=(Parameter("factor", 1.0, low=0.0),),
    outliers="sensitive",
    implementation="torch.nn.functional.mse_loss",
    code="loss = F.mse_loss(values.squeeze(-1), returns)",
    curve=lambda error: error**2,
    faults=(mean_fault("constant-value", constant, benign=True),),
    metrics=("explained-variance", "episode-return"),
)
