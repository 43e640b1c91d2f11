"""Soft IoU (Jaccard) loss."""

import numpy as np

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ..shares import class_shares, positive_share


def readings(_: Loss, setting: Setting) -> Readings:
    """At p = ½ (or 1/C), at the best constant ("everything" for one mask), and 0."""
    share, shares = positive_share(setting), class_shares(setting)
    if share is not None:
        start, baseline = 1 / (1 + share), 1 - share
    elif shares is not None:
        u = 1 / shares.size
        start = float(np.mean(1 - u * shares / (u + shares - u * shares)))
        baseline = best_constant(shares)
    else:
        return Readings(None, None, 0.0, ("priors-unknown",))
    return reduced(setting, start, baseline, 0.0, "share-per-mask", "hard-masks")


def best_constant(shares: np.ndarray) -> float:
    """Of a soft-max averaged over classes: the probabilities go as the odds o = π/(1−π), which gives 1 − S/(C(1+S)), S = Σo."""
    if shares.max() >= 1:
        return 1 - 1 / shares.size
    odds = float(np.sum(shares / (1 - shares)))
    return 1 - odds / (shares.size * (1 + odds))


LOSS: Loss = Loss(
    id="soft-iou",
    family="segmentation",
    tasks=("segmentation",),
    aliases=("jaccard", "soft-jaccard", "JaccardLoss", "mask-iou"),
    formula="1 − Σ p·t / (Σ p + Σ t − Σ p·t)",
    contract=Contract(
        prediction=Operand("probabilities", "(N, C, H, W)", "float32", "0 … 1"),
        target=Operand("masks", "(N, C, H, W)", "float", "0 or 1, one channel a class"),
        silent=("raw-logits", "sigmoid-twice", "empty-masks", "mistaken-for-dice"),
    ),
    readings=readings,
    outliers="robust",
    imbalance="robust",
    implementation="monai.losses.DiceLoss",
    code="loss = DiceLoss(sigmoid=True, jaccard=True, batch=True)(logits, masks)",
    curve=lambda p: 1 - p * 0.1 / (p + 0.1 - p * 0.1),
    curve_range=(0.0, 1.0),
    faults=(mean_fault("no-overlap", lambda _: 1.0, benign=True),),
    metrics=("iou", "recall"),
)
