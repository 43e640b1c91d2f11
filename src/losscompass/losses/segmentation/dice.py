"""Soft Dice loss. Its best constant is no prior: of one mask it is "everything", since overlap pays whatever the area."""

from math import exp, sqrt

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ..shares import class_shares, positive_share


def readings(loss: Loss, setting: Setting) -> Readings:
    """At p = ½ (or 1/C), at the best constant, and 0. π is the share of a class's pixels in what one Dice sums over."""
    share, shares = positive_share(setting), class_shares(setting)
    squared, micro = setting.parameter(loss, "squared") >= 0.5, setting.parameter(loss, "micro") >= 0.5
    if share is not None and squared:
        start, baseline = 1 - share / (0.25 + share), 1 - sqrt(share)
    elif share is not None:
        start, baseline = 1 / (1 + 2 * share), (1 - share) / (1 + share)
    elif shares is not None and not squared and micro:
        start, baseline = 1 - 1 / shares.size, 1 - float(shares.max())
    elif shares is not None and not squared:
        # Σ p·π/(p+π) over the simplex is largest at p = π, where every class gives ½ of its share
        start = float(np.mean(1 - 2 * shares / (1 + shares.size * shares)))
        baseline = 1 - 1 / shares.size
    else:
        return Readings(None, None, 0.0, ("priors-unknown",))
    return reduced(setting, start, baseline, 0.0, "share-per-mask", "hard-masks")


def sigmoid_twice(setting: Setting) -> float | None:
    """Probabilities passed through a sigmoid again: what a perfect prediction then reads."""
    share = positive_share(setting)
    if share is None or share == 0 or setting.parameter(LOSS, "squared") >= 0.5:
        return None
    inside = 1 / (1 + exp(-1.0))
    return 1 - 2 * inside * share / (inside * share + 0.5 * (1 - share) + share)


LOSS: Loss = Loss(
    id="dice",
    family="segmentation",
    tasks=("segmentation",),
    aliases=("dice-loss", "DiceLoss", "soft-dice", "f1-loss"),
    formula="1 − 2·Σ p·t / (Σ p + Σ t)",
    contract=Contract(
        prediction=Operand("probabilities", "(N, C, H, W)", "float32", "0 … 1"),
        target=Operand("masks", "(N, C, H, W)", "float", "0 or 1, one channel a class"),
        silent=("raw-logits", "sigmoid-twice", "empty-masks", "half-precision", "channel-order"),
    ),
    readings=readings,
    parameters=(Parameter("squared", 0.0, low=0.0, high=1.0), Parameter("micro", 0.0, low=0.0, high=1.0)),
    outliers="robust",
    imbalance="robust",
    implementation="monai.losses.DiceLoss",
    code="loss = DiceLoss(sigmoid=True, batch=True)(logits, masks)  # sigmoid=False is the default: then pass probabilities",
    curve=lambda p: 1 - 2 * p * 0.1 / (p + 0.1),
    curve_range=(0.0, 1.0),
    faults=(
        mean_fault("no-overlap", lambda _: 1.0, benign=True),
        mean_fault("sigmoid-twice", sigmoid_twice),
    ),
    metrics=("dice", "iou", "recall", "hausdorff"),
)
