"""CIoU loss (arXiv 1911.08287): DIoU, and a price for the wrong aspect ratio."""

from functools import partial

import numpy as np

from ..base import Contract, Loss, Operand, Parameter
from ..mean_fault import mean_fault
from ._random_boxes import CIOU, box_readings

LOSS: Loss = Loss(
    id="ciou",
    family="detection",
    tasks=("detection",),
    aliases=("ciou-loss", "complete-iou", "complete_box_iou_loss", "CIoULoss", "box_loss"),
    formula="1 − IoU + d² / c² + α·v, v = (4/π²)·(atan(w/h) − atan(w*/h*))², α = v / (1 − IoU + v)",
    contract=Contract(
        prediction=Operand("boxes", "(N, 4)", "float32", "corners x1 < x2, y1 < y2, any unit"),
        target=Operand("boxes", "(N, 4)", "float32", "corners, the same unit"),
        silent=("centre-format", "inverted-corners", "empty-boxes", "half-precision"),
    ),
    readings=partial(box_readings, CIOU),
    parameters=(Parameter("gain", 1.0, low=0.0),),
    smooth="almost-everywhere",
    corners="where edges meet; α is held constant",
    outliers="robust",
    implementation="losscompass.functional.ciou_loss",
    code="loss = losscompass.functional.ciou_loss(boxes, targets)  # (N, 4) corners;  torchvision.ops.complete_box_iou_loss gives NaN on empty boxes",
    curve=lambda shift: (
        1 - np.maximum(0.0, 1 - shift) / (2 - np.maximum(0.0, 1 - shift)) + shift**2 / ((1 + shift) ** 2 + 1)
    ),
    curve_range=(0.0, 2.0),
    faults=(mean_fault("inverted-corners", lambda setting: setting.parameter(LOSS, "gain"), benign=True),),
    metrics=("map50-95", "mean-iou"),
)
