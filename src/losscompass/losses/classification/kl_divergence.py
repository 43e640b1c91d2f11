"""Kullback–Leibler divergence of a predicted distribution from a given one."""

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values, chance, class_count, entropy, reduced


def readings(loss: Loss, setting: Setting) -> Readings:
    even = chance(setting)
    if even is None:
        return reduced(setting, None, None, 0.0, "classes-unknown")
    notes = () if setting.priors is not None else ("priors-unknown",)
    constant = even if setting.priors is None else entropy(setting.priors)
    own = setting.parameter(loss, "target-entropy")
    if own > constant:  # the mean of distributions is never less spread than they are
        own, notes = constant, (*notes, "target-entropy-too-high")
    factor = setting.parameter(loss, "temperature") ** 2
    return reduced(setting, factor * (even - own), factor * (constant - own), 0.0, *notes)


def curve(log_ratio: Values) -> Values:
    """Of one class with p = ½, for the logarithm of q/p, the other taking the rest."""
    q = 0.5 * np.exp(log_ratio)
    return np.asarray(-0.5 * np.log(2 * q) - 0.5 * np.log(2 * (1 - q)))


def _mean_over_classes(setting: Setting) -> float | None:
    """What the start reads where the sum over the classes is divided by their number."""
    classes, start = class_count(setting), readings(LOSS, setting).start
    return None if classes is None or start is None or setting.reduction == "sum" else start / classes


def _probabilities(setting: Setting) -> float | None:
    """What even probabilities read where their logarithms belong."""
    classes = class_count(setting)
    if classes is None or setting.reduction == "sum":
        return None
    return -setting.parameter(LOSS, "target-entropy") - 1 / classes


LOSS = Loss(
    id="kl-divergence",
    family="classification",
    tasks=("multiclass", "language-model", "generative"),
    aliases=("KLDivLoss", "kl", "kldiv", "kullback-leibler", "distillation"),
    formula="mean_n Σ_c p_c (ln p_c − ln q_c)  (× T² in distillation)",
    contract=Contract(
        prediction=Operand("log-probabilities", "(N, C)", "floating", "≤ 0, exp sums to 1"),
        target=Operand("probabilities", "(N, C)", "floating", "0 … 1, sums to 1"),
        silent=("probabilities-as-logarithms", "mean-over-classes", "arguments-swapped"),
    ),
    readings=readings,
    parameters=(Parameter("target-entropy", 0.0, low=0.0), Parameter("temperature", 1.0, low=1e-6)),
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.kl_div",
    code='loss = torch.nn.functional.kl_div(torch.log_softmax(logits, 1), target, reduction="batchmean")',
    curve=curve,
    curve_range=(-4.0, 0.68),
    faults=(
        NamedFault("mean-over-classes", _mean_over_classes),
        NamedFault("probabilities-as-logarithms", _probabilities),
    ),
    metrics=("accuracy", "perplexity"),
)
