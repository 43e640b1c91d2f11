"""Squared hinge loss: the hinge without its corner."""

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Readings, Setting
from ..forms import Values, reduced
from ._binary import shares_of
from .hinge import negatives_as_zero, nothing_learned


def readings(_: Loss, setting: Setting) -> Readings:
    shares, notes = shares_of(setting)
    return reduced(setting, 1.0, float((4 * shares * (1 - shares)).mean()), 0.0, *notes)


def curve(margin: Values) -> Values:
    return np.asarray(np.square(np.maximum(0, 1 - margin)))


LOSS = Loss(
    id="squared-hinge",
    family="classification",
    tasks=("binary",),
    aliases=("SquaredHingeLoss", "l2-svm"),
    formula="mean max(0, 1 − t·s)², t = ±1",
    contract=Contract(
        prediction=Operand("scores", "any, equal to the target's", "floating", "any: no sigmoid, no tanh before"),
        target=Operand("signs", "any, equal to the prediction's", "floating", "−1 or +1"),
        silent=("labels-zero-one", "sigmoid-outputs"),
    ),
    readings=readings,
    outliers="sensitive",
    imbalance="sensitive",
    implementation="torchmetrics.functional.hinge_loss",
    code="loss = torch.relu(1 - signs * scores).square().mean()  # signs: -1 or +1",
    curve=curve,
    faults=(
        NamedFault("nothing-learned", nothing_learned, benign=True),
        NamedFault("labels-zero-one", negatives_as_zero),
    ),
    metrics=("accuracy", "f1", "recall", "precision", "roc-auc", "pr-auc"),
)
