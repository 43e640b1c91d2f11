"""DIoU loss (arXiv 1911.08287): IoU, and the squared distance of the centres in units of the diagonal around both."""

from functools import partial

import numpy as np

from ..base import Contract, Loss, Operand, Parameter
from ._random_boxes import DIOU, box_readings

LOSS: Loss = Loss(
    id="diou",
    family="detection",
    tasks=("detection",),
    aliases=("diou-loss", "distance-iou", "distance_box_iou_loss", "DIoULoss"),
    formula="1 − IoU + d² / c², d between the centres, c the diagonal of the box around both",
    contract=Contract(
        prediction=Operand("boxes", "(N, 4)", "float32", "corners x1 < x2, y1 < y2, any unit"),
        target=Operand("boxes", "(N, 4)", "float32", "corners, the same unit"),
        silent=("centre-format", "inverted-corners", "normalised-against-pixels"),
    ),
    readings=partial(box_readings, DIOU),
    parameters=(Parameter("gain", 1.0, low=0.0),),
    smooth="almost-everywhere",
    corners="where edges meet",
    outliers="robust",
    implementation="losscompass.functional.diou_loss",
    code="loss = losscompass.functional.diou_loss(boxes, targets)  # (N, 4) corners;  torchvision.ops.distance_box_iou_loss has reduction='none'",
    curve=lambda shift: (
        1 - np.maximum(0.0, 1 - shift) / (2 - np.maximum(0.0, 1 - shift)) + shift**2 / ((1 + shift) ** 2 + 1)
    ),
    curve_range=(0.0, 2.0),
    metrics=("map50-95", "mean-iou"),
)
