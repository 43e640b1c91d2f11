"""Overlap of masks."""

from ..base import Loss
from .dice import LOSS as DICE
from .soft_iou import LOSS as SOFT_IOU
from .tversky import LOSS as TVERSKY

LOSSES: tuple[Loss, ...] = (DICE, SOFT_IOU, TVERSKY)
