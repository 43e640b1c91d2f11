"""IoU loss: the share of the union that two boxes do not have in common."""

from functools import partial

import numpy as np

from ..base import Contract, Loss, Operand, Parameter
from ..mean_fault import mean_fault
from ._random_boxes import IOU, box_readings

LOSS: Loss = Loss(
    id="iou",
    family="detection",
    tasks=("detection",),
    aliases=("box-iou", "iou-loss", "IoULoss"),
    formula="1 − |A∩B| / |A∪B|",
    contract=Contract(
        prediction=Operand("boxes", "(N, 4)", "float32", "corners x1 < x2, y1 < y2, any unit"),
        target=Operand("boxes", "(N, 4)", "float32", "corners, the same unit"),
        silent=("centre-format", "no-overlap", "normalised-against-pixels"),
    ),
    readings=partial(box_readings, IOU),
    parameters=(Parameter("gain", 1.0, low=0.0),),
    smooth="almost-everywhere",
    corners="where edges meet; disjoint boxes have gradient 0",
    outliers="robust",
    implementation="losscompass.functional.iou_loss",
    code="loss = losscompass.functional.iou_loss(boxes, targets)  # (N, 4) corners",
    curve=lambda shift: 1 - np.maximum(0.0, 1 - shift) / (2 - np.maximum(0.0, 1 - shift)),
    curve_range=(0.0, 2.0),
    faults=(mean_fault("no-overlap", lambda setting: setting.parameter(LOSS, "gain"), benign=True),),
    metrics=("map50-95", "mean-iou"),
)
