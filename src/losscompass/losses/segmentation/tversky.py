"""Tversky loss: Dice with a price each for false positives (α) and false negatives (β); ½, ½ is Dice."""

import numpy as np
from jaxtyping import Float

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ..shares import class_shares, positive_share

TINY = 1e-300  # an empty class under no price divides nothing by nothing


def constant(
    p: Float[np.ndarray, " classes"], shares: Float[np.ndarray, " classes"], alpha: float, beta: float
) -> float:
    """The loss of a constant prediction p: mean over the classes of 1 − TP/(TP + α·FP + β·FN)."""
    hit = p * shares
    return float(np.mean(1 - hit / np.maximum(hit + alpha * p * (1 - shares) + beta * (1 - p) * shares, TINY)))


def readings(loss: Loss, setting: Setting) -> Readings:
    """At p = ½ (or 1/C), at the best constant, and 0."""
    share, shares = positive_share(setting), class_shares(setting)
    alpha, beta = setting.parameter(loss, "alpha"), setting.parameter(loss, "beta")
    if share is not None:
        one = np.array([share])
        start, baseline = (constant(np.array([p]), one, alpha, beta) for p in (0.5, 1.0))
    elif shares is not None:
        start = constant(np.full(shares.size, 1 / shares.size), shares, alpha, beta)
        baseline = min(start, constant(best_constant(shares, alpha, beta), shares, alpha, beta))
    else:
        return Readings(None, None, 0.0, ("priors-unknown",))
    return reduced(setting, start, baseline, 0.0, "share-per-mask", "hard-masks")


def best_constant(shares: Float[np.ndarray, " classes"], alpha: float, beta: float) -> Float[np.ndarray, " classes"]:
    """The constant soft-max with the least loss, averaged over classes: p_c ∝ π_c / (π_c + α(1−π_c) − βπ_c)."""
    pull = shares / np.maximum(shares + alpha * (1 - shares) - beta * shares, 1e-12)
    return np.asarray(pull / pull.sum())


LOSS: Loss = Loss(
    id="tversky",
    family="segmentation",
    tasks=("segmentation",),
    aliases=("tversky-loss", "TverskyLoss"),
    formula="1 − TP / (TP + α·FP + β·FN), TP = Σ p·t, FP = Σ p·(1−t), FN = Σ (1−p)·t",
    contract=Contract(
        prediction=Operand("probabilities", "(N, C, H, W)", "float32", "0 … 1"),
        target=Operand("masks", "(N, C, H, W)", "float", "0 or 1, one channel a class"),
        silent=("raw-logits", "alpha-beta-swapped", "empty-masks"),
    ),
    readings=readings,
    parameters=(Parameter("alpha", 0.5, low=0.0, high=1.0), Parameter("beta", 0.5, low=0.0, high=1.0)),
    outliers="robust",
    imbalance="robust",
    implementation="monai.losses.TverskyLoss",
    code="loss = TverskyLoss(sigmoid=True, alpha=0.3, beta=0.7)(logits, masks)  # misses cost more than false alarms",
    curve=lambda p: 1 - p * 0.1 / (p * 0.1 + 0.3 * p * 0.9 + 0.7 * (1 - p) * 0.1),
    curve_range=(0.0, 1.0),
    faults=(mean_fault("no-overlap", lambda _: 1.0, benign=True),),
    metrics=("recall", "precision", "dice", "iou"),
)
