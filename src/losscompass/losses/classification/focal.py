"""Focal loss: cross-entropy that turns away from what is already answered well."""

from math import log

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values, class_count, reduced
from ._binary import shares_of


def readings(loss: Loss, setting: Setting) -> Readings:
    gamma, alpha = setting.parameter(loss, "gamma"), setting.parameter(loss, "alpha")
    if setting.parameter(loss, "softmax"):
        return _of_softmax(setting, gamma)
    shares, notes = shares_of(setting)
    for_yes, for_no = (alpha, 1 - alpha) if alpha >= 0 else (1.0, 1.0)  # a negative α means none
    pairs = np.stack([for_yes * shares, for_no * (1 - shares)], axis=1)
    start = float(pairs.sum(1).mean()) * 0.5**gamma * log(2)
    baseline = float(_best_of_two(pairs[:, 0], pairs[:, 1], gamma).mean())
    return reduced(setting, start, min(baseline, start), 0.0, *notes)


def _of_softmax(setting: Setting, gamma: float) -> Readings:
    classes = class_count(setting)
    if classes is None:
        return reduced(setting, None, None, 0.0, "classes-unknown")
    notes = () if setting.priors is not None else ("priors-unknown",)
    shares = np.full(classes, 1 / classes) if setting.priors is None else np.asarray(setting.priors, float)
    start = float(shares.sum()) * (1 - 1 / classes) ** gamma * log(classes)
    return reduced(setting, start, min(best_constant(shares, gamma), start), 0.0, *notes)


def best_constant(shares: Values, gamma: float) -> float:
    """Min over probabilities p of Σ_c w_c (1 − p_c)^γ (−ln p_c).

    Each term is convex, so the slopes w_c f'(p_c) are equal at the least: their common value is found by halving, and
    for each trial the p_c that belong to it, by halving too.
    """
    some = shares[shares > 0]
    if len(some) < 2:
        return 0.0
    low, high = -60.0, 40.0  # of the logarithm of the slope, whose sign is minus
    for _ in range(60):
        middle = (low + high) / 2
        if _where_slope(np.exp(middle) / some, gamma).sum() > 1:
            low = middle  # too flat: the probabilities come out too large
        else:
            high = middle
    best = _where_slope(np.exp((low + high) / 2) / some, gamma)
    return float((some * (1 - best) ** gamma * -np.log(best)).sum())


def _where_slope(slope: Values, gamma: float) -> Values:
    """The p at which −f'(p) = slope, f = (1 − p)^γ (−ln p); it falls as p grows."""
    low, high = np.full(len(slope), -60.0), np.full(len(slope), 60.0)  # of the logit
    for _ in range(60):
        logit = (low + high) / 2
        steep = _slope(logit, gamma) > slope
        low, high = np.where(steep, logit, low), np.where(steep, high, logit)
    return np.asarray(1 / (1 + np.exp(-(low + high) / 2)))


def _best_of_two(yes: Values, no: Values, gamma: float) -> Values:
    """Min over p of yes·f(p) + no·f(1 − p), of each output: there the two slopes are equal; by halving the logit."""
    low, high = np.full(len(yes), -60.0), np.full(len(yes), 60.0)
    for _ in range(60):
        logit = (low + high) / 2
        rising = yes * _slope(logit, gamma) > no * _slope(-logit, gamma)
        low, high = np.where(rising, logit, low), np.where(rising, high, logit)
    logit = (low + high) / 2
    return np.asarray(yes * _one(logit, gamma) + no * _one(-logit, gamma))


def _slope(logit: Values, gamma: float) -> Values:
    """−f' at the probability of that logit."""
    p, q = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit))
    return np.asarray(q**gamma / p + gamma * q ** (gamma - 1) * np.logaddexp(0, -logit))


def _one(logit: Values, gamma: float) -> Values:
    """f, the focal loss of one answer, at the probability of that logit."""
    return np.asarray((1 / (1 + np.exp(logit))) ** gamma * np.logaddexp(0, -logit))


def curve(logit: Values) -> Values:
    """For a positive, γ = 2, without α."""
    return _one(logit, 2.0)


def _nothing_learned(setting: Setting) -> float | None:
    return None if setting.reduction == "sum" else readings(LOSS, setting).start


def _mean_over_classes(setting: Setting) -> float | None:
    """The start of the softmax form in the libraries that divide by the number of classes, too."""
    classes = class_count(setting)
    if classes is None or classes < 2 or setting.reduction == "sum" or not setting.parameter(LOSS, "softmax"):
        return None
    return float((1 - 1 / classes) ** setting.parameter(LOSS, "gamma")) * log(classes) / classes


LOSS = Loss(
    id="focal",
    family="classification",
    tasks=("binary", "multilabel", "multiclass", "segmentation", "detection"),
    aliases=("FocalLoss", "sigmoid-focal", "softmax-focal"),
    formula="mean −α_t (1 − p_t)^γ ln p_t, p_t the probability of what is true",
    contract=Contract(
        prediction=Operand("logits", "any, equal to the target's", "floating", "any: no sigmoid before"),
        target=Operand("shares", "any, equal to the prediction's", "floating", "0 or 1"),
        silent=("sigmoid-outputs", "mean-over-classes", "alpha-of-the-other-side", "sum-over-anchors"),
    ),
    readings=readings,
    parameters=(
        Parameter("gamma", 2.0, low=0.0, high=20.0),
        Parameter("alpha", 0.25, low=-1.0, high=1.0),
        Parameter("softmax", 0.0, low=0.0, high=1.0),
    ),
    outliers="sensitive",
    imbalance="robust",
    implementation="torchvision.ops.sigmoid_focal_loss",
    code='loss = torchvision.ops.sigmoid_focal_loss(logits, target, alpha=0.25, gamma=2.0, reduction="mean")',
    curve=curve,
    curve_range=(-5.0, 5.0),
    faults=(
        NamedFault("nothing-learned", _nothing_learned, benign=True),
        NamedFault("mean-over-classes", _mean_over_classes),
    ),
    metrics=("f1", "recall", "precision", "pr-auc"),
)
