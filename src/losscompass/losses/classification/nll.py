"""Negative log-likelihood of log-probabilities: the second half of a cross-entropy."""

from ..base import Contract, Loss, NamedFault, Operand, Readings, Setting
from ..forms import Values, class_count
from .cross_entropy import LOSS as CROSS_ENTROPY
from .cross_entropy import nothing_learned


def readings(_: Loss, setting: Setting) -> Readings:
    return CROSS_ENTROPY.readings(CROSS_ENTROPY, setting)


def curve(log_probability: Values) -> Values:
    """Of the right class."""
    return -log_probability


def _probabilities(setting: Setting) -> float | None:
    """What untrained probabilities read where their logarithms belong."""
    classes = class_count(setting)
    return None if classes is None or setting.reduction == "sum" else -1 / classes


def _certain(setting: Setting) -> float | None:
    return -1.0 if setting.reduction == "mean" else None


LOSS = Loss(
    id="nll",
    family="classification",
    tasks=("multiclass", "segmentation", "language-model"),
    aliases=("NLLLoss", "negative-log-likelihood"),
    formula="mean −l_y, l the logarithms of probabilities",
    contract=Contract(
        prediction=Operand("log-probabilities", "(N, C) or (N, C, d1, …)", "floating", "≤ 0, exp sums to 1"),
        target=Operand("class-ids", "(N) or (N, d1, …)", "int64", "0 … C − 1"),
        silent=("probabilities-as-logarithms", "logits-as-logarithms", "all-targets-ignored"),
    ),
    readings=readings,
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.nll_loss",
    code="loss = torch.nn.functional.nll_loss(torch.log_softmax(logits, dim=1), class_ids)",
    curve=curve,
    curve_range=(-5.0, 0.0),
    faults=(
        NamedFault("nothing-learned", nothing_learned, benign=True),
        NamedFault("probabilities-as-logarithms", _probabilities),
        NamedFault("probabilities-as-logarithms", _certain),
    ),
    metrics=("accuracy", "macro-f1", "recall"),
)
