"""The sum of the sizes of the weights, added to a loss."""

from math import sqrt

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting


def readings(loss: Loss, setting: Setting) -> Readings:
    """The start of one default linear layer: its weights are even in ±1/√inputs, so each size is 1/(2√inputs)."""
    inputs, outputs = setting.parameter(loss, "inputs"), setting.parameter(loss, "outputs")
    if not inputs or not outputs:
        return Readings(None, None, 0.0, ("no-baseline-of-a-penalty", "layer-unknown"))
    start = setting.parameter(loss, "strength") * outputs * sqrt(inputs) / 2
    return Readings(start, None, 0.0, ("no-baseline-of-a-penalty", "default-linear-layer"))


LOSS = Loss(
    id="l1-penalty",
    family="penalty",
    tasks=(),
    aliases=("lasso", "l1-regularization", "sparsity-penalty"),
    formula="λ Σ |w|",
    contract=Contract(
        prediction=Operand("weights", "all that are to stay small", "floating", "any"),
        target=Operand("none", "–", "–", "–"),
        silent=("penalty-within-the-loss", "never-exactly-zero", "biases-and-norms-decayed"),
    ),
    readings=readings,
    parameters=(
        Parameter("strength", 1.0, low=0.0),
        Parameter("inputs", 0.0, low=0.0),
        Parameter("outputs", 0.0, low=0.0),
    ),
    smooth="almost-everywhere",
    corners="at w = 0: the subgradient 0 is taken",
    outliers="robust",
    imbalance="robust",
    implementation="torch.linalg.vector_norm",
    code="penalty = strength * sum(weight.abs().sum() for weight in weights)\nloss = data_loss + penalty  # log the two apart",
    curve=np.abs,
)
