"""Varifocal loss (arXiv 2008.13367): a class score trained towards the IoU of its box."""

from math import exp, log

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import binary_entropy, reduced
from ..least import least
from ..shares import positive_share


def readings(loss: Loss, setting: Setting) -> Readings:
    """At p = ½, at the best constant (found numerically), and at p = q for positives and 0 for all else."""
    share = positive_share(setting)
    if share is None:
        return reduced(setting, None, None, 0.0, "priors-unknown")
    alpha, gamma, quality = (setting.parameter(loss, name) for name in ("alpha", "gamma", "quality"))

    def constant(logit: float) -> float:
        """The loss where every output is this one."""
        minus_log_p, minus_log_rest = float(np.logaddexp(0, -logit)), float(np.logaddexp(0, logit))
        positive = quality * (quality * minus_log_p + (1 - quality) * minus_log_rest)
        return share * positive + (1 - share) * alpha * exp(-gamma * minus_log_p) * minus_log_rest

    start = share * quality * log(2) + (1 - share) * alpha * 0.5**gamma * log(2)
    floor = share * quality * float(binary_entropy(np.array([quality]))[0])
    baseline = max(min(start, least(constant)), floor)
    notes = () if "quality" in setting.parameters else ("quality-assumed",)
    return reduced(setting, start, baseline, floor, *notes)


LOSS: Loss = Loss(
    id="varifocal",
    family="detection",
    tasks=("detection",),
    aliases=("vfl", "varifocal-loss", "VarifocalLoss"),
    formula="q > 0: q·(−q·ln p − (1−q)·ln(1−p));  q = 0: −α·p^γ·ln(1−p)",
    contract=Contract(
        prediction=Operand("logits", "(N, classes)", "float", "any"),
        target=Operand("qualities", "(N, classes)", "float", "IoU of the box in its own class, 0 elsewhere"),
        silent=("hard-targets", "mean-over-elements", "probabilities-passed"),
    ),
    readings=readings,
    parameters=(
        Parameter("alpha", 0.75, low=0.0),
        Parameter("gamma", 2.0, low=0.0),
        Parameter("quality", 0.7, low=0.0, high=1.0),
    ),
    imbalance="robust",
    implementation="losscompass.functional.varifocal_loss",
    code="loss = losscompass.functional.varifocal_loss(logits, iou_targets, reduction='sum') / positives",
    curve=lambda logit: 0.75 * np.exp(-2 * np.logaddexp(0, -logit)) * np.logaddexp(0, logit),
    metrics=("map50-95", "precision", "recall"),
)
