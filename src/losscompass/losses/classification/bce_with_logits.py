"""Binary cross-entropy of logits; the same loss for several independent labels."""

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values
from ._binary import binary_readings, nothing_learned, sigmoid_twice


def readings(loss: Loss, setting: Setting) -> Readings:
    return binary_readings(setting, setting.parameter(loss, "target-entropy"))


def curve(logit: Values) -> Values:
    """For a positive."""
    return np.asarray(np.logaddexp(0, -logit))


LOSS = Loss(
    id="bce-with-logits",
    family="classification",
    tasks=("binary", "multilabel", "segmentation"),
    aliases=(
        "BCEWithLogitsLoss",
        "binary-cross-entropy-with-logits",
        "sigmoid-cross-entropy",
        "logistic",
        "log-loss",
        "multi-label",
        "multilabel-soft-margin",
    ),
    formula="mean −[w⁺ t ln σ(z) + (1 − t) ln(1 − σ(z))]",
    contract=Contract(
        prediction=Operand("logits", "any, equal to the target's", "floating", "any: no sigmoid before"),
        target=Operand("shares", "any, equal to the prediction's", "floating", "0 … 1"),
        silent=("sigmoid-outputs", "labels-outside-0-1", "softmax-outputs", "unnormalised-weights"),
    ),
    readings=readings,
    parameters=(Parameter("target-entropy", 0.0, low=0.0, high=float(np.log(2))),),
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.binary_cross_entropy_with_logits",
    code="loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target.float(), pos_weight=None)",
    curve=curve,
    curve_range=(-5.0, 5.0),
    faults=(
        NamedFault("nothing-learned", nothing_learned, benign=True),
        NamedFault("sigmoid-twice", sigmoid_twice),
    ),
    metrics=("accuracy", "f1", "recall", "precision", "roc-auc", "pr-auc"),
)
