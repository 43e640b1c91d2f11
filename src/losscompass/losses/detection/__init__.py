"""Boxes, their classes and their edges."""

from ..base import Loss
from .ciou import LOSS as CIOU
from .detection_composite import LOSS as DETECTION_COMPOSITE
from .dfl import LOSS as DFL
from .diou import LOSS as DIOU
from .giou import LOSS as GIOU
from .iou import LOSS as IOU
from .varifocal import LOSS as VARIFOCAL

LOSSES: tuple[Loss, ...] = (IOU, GIOU, DIOU, CIOU, VARIFOCAL, DFL, DETECTION_COMPOSITE)
