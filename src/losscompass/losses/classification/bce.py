"""Binary cross-entropy of probabilities."""

from math import log

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values
from ._binary import binary_readings, nothing_learned

CLAMP = 100.0  # torch does not let a logarithm go below −100
CLIP = 1e-7  # Keras does not let a probability come nearer to 0 or 1


def readings(loss: Loss, setting: Setting) -> Readings:
    return binary_readings(setting, setting.parameter(loss, "target-entropy"))


def curve(probability: Values) -> Values:
    """For a positive."""
    return np.asarray(-np.log(probability))


def _clamp(setting: Setting) -> float | None:
    return CLAMP if setting.reduction == "mean" else None


def _clip(setting: Setting) -> float | None:
    return -log(CLIP) if setting.reduction == "mean" else None


LOSS = Loss(
    id="bce",
    family="classification",
    tasks=("binary", "multilabel", "segmentation"),
    aliases=("BCELoss", "binary-cross-entropy"),
    formula="mean −[t ln p + (1 − t) ln(1 − p)]",
    contract=Contract(
        prediction=Operand("probabilities", "any, equal to the target's", "floating", "0 … 1"),
        target=Operand("shares", "any, equal to the prediction's", "floating", "0 … 1"),
        silent=("clamped-logarithm", "softmax-outputs", "half-precision-probabilities"),
    ),
    readings=readings,
    parameters=(Parameter("target-entropy", 0.0, low=0.0, high=float(np.log(2))),),
    smooth="almost-everywhere",
    corners="at p = 0 and p = 1: the logarithm is cut off at −100, and no gradient is left there",
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.binary_cross_entropy",
    code="loss = torch.nn.functional.binary_cross_entropy(torch.sigmoid(logits), target.float())  # better: from logits",
    curve=curve,
    curve_range=(0.01, 1.0),
    faults=(
        NamedFault("nothing-learned", nothing_learned, benign=True),
        NamedFault("clamped-logarithm", _clamp),
        NamedFault("clipped-probability", _clip),
    ),
    metrics=("accuracy", "f1", "recall", "precision", "roc-auc", "pr-auc"),
)
