"""GIoU loss (arXiv 1902.09630): IoU, and the empty share of the box around both, which pulls disjoint boxes together."""

from functools import partial

import numpy as np

from ..base import Contract, Loss, Operand, Parameter
from ._random_boxes import GIOU, box_readings

LOSS: Loss = Loss(
    id="giou",
    family="detection",
    tasks=("detection",),
    aliases=("giou-loss", "generalized-iou", "generalized_box_iou_loss", "GIoULoss"),
    formula="1 − IoU + (|C| − |A∪B|) / |C|, C the box around both",
    contract=Contract(
        prediction=Operand("boxes", "(N, 4)", "float32", "corners x1 < x2, y1 < y2, any unit"),
        target=Operand("boxes", "(N, 4)", "float32", "corners, the same unit"),
        silent=("centre-format", "inverted-corners", "normalised-against-pixels"),
    ),
    readings=partial(box_readings, GIOU),
    parameters=(Parameter("gain", 1.0, low=0.0),),
    smooth="almost-everywhere",
    corners="where edges meet",
    outliers="robust",
    implementation="losscompass.functional.giou_loss",
    code="loss = losscompass.functional.giou_loss(boxes, targets)  # (N, 4) corners;  torchvision.ops.generalized_box_iou_loss has reduction='none'",
    curve=lambda shift: (
        1 - np.maximum(0.0, 1 - shift) / (2 - np.maximum(0.0, 1 - shift)) + np.maximum(0.0, shift - 1) / (1 + shift)
    ),
    curve_range=(0.0, 2.0),
    metrics=("map50-95", "mean-iou"),
)
