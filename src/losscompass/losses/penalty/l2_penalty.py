"""The sum of the squared weights, added to a loss."""

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting


def readings(loss: Loss, setting: Setting) -> Readings:
    """The start of one default linear layer: its weights are even in ±1/√inputs, so each square is 1/(3·inputs)."""
    outputs = setting.parameter(loss, "outputs")
    if not outputs:
        return Readings(None, None, 0.0, ("no-baseline-of-a-penalty", "layer-unknown"))
    start = setting.parameter(loss, "strength") * outputs / 3
    return Readings(start, None, 0.0, ("no-baseline-of-a-penalty", "default-linear-layer"))


LOSS = Loss(
    id="l2-penalty",
    family="penalty",
    tasks=(),
    aliases=("weight-decay", "ridge", "l2-regularization", "tikhonov"),
    formula="λ Σ w²",
    contract=Contract(
        prediction=Operand("weights", "all that are to stay small", "floating", "any"),
        target=Operand("none", "–", "–", "–"),
        silent=("decay-counted-twice", "decoupled-decay", "penalty-within-the-loss", "biases-and-norms-decayed"),
    ),
    readings=readings,
    parameters=(
        Parameter("strength", 1.0, low=0.0),
        Parameter("inputs", 0.0, low=0.0),
        Parameter("outputs", 0.0, low=0.0),
    ),
    outliers="sensitive",
    imbalance="robust",
    implementation="torch.optim.AdamW",
    code="penalty = strength * sum(weight.square().sum() for weight in weights)\nloss = data_loss + penalty  # log the two apart",
    curve=np.square,
)
