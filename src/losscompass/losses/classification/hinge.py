"""Binary hinge loss: a margin instead of a probability."""

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Readings, Setting
from ..forms import Values, reduced
from ._binary import shares_of


def readings(_: Loss, setting: Setting) -> Readings:
    shares, notes = shares_of(setting)
    return reduced(setting, 1.0, float(2 * np.minimum(shares, 1 - shares).mean()), 0.0, *notes)


def curve(margin: Values) -> Values:
    return np.asarray(np.maximum(0, 1 - margin))


def nothing_learned(setting: Setting) -> float | None:
    return 1.0 if setting.reduction == "mean" else None


def negatives_as_zero(setting: Setting) -> float | None:
    """The floor where negatives are labelled 0, whose margin is always 0: the share of the negatives."""
    if setting.priors is None or setting.reduction == "sum":
        return None
    return float(np.mean(1 - np.asarray(setting.priors))) or None


LOSS = Loss(
    id="hinge",
    family="classification",
    tasks=("binary",),
    aliases=("HingeLoss", "svm", "max-margin", "binary-hinge"),
    formula="mean max(0, 1 − t·s), t = ±1",
    contract=Contract(
        prediction=Operand("scores", "any, equal to the target's", "floating", "any: no sigmoid, no tanh before"),
        target=Operand("signs", "any, equal to the prediction's", "floating", "−1 or +1"),
        silent=("labels-zero-one", "sigmoid-outputs", "hinge-embedding-instead"),
    ),
    readings=readings,
    smooth="almost-everywhere",
    corners="at t·s = 1: the subgradient 0 is taken; beyond it there is no gradient at all",
    outliers="moderate",
    imbalance="sensitive",
    implementation="torchmetrics.functional.hinge_loss",
    code="loss = torch.relu(1 - signs * scores).mean()  # signs: -1 or +1",
    curve=curve,
    faults=(
        NamedFault("nothing-learned", nothing_learned, benign=True),
        NamedFault("labels-zero-one", negatives_as_zero),
    ),
    metrics=("accuracy", "f1", "recall", "precision", "roc-auc", "pr-auc"),
)
