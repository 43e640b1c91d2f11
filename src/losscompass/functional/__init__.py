"""Losses that no well-kept library offers in this form, for PyTorch; all else is better taken from torch itself.

Each takes half precision and computes it in float32, stays finite in value and gradient on degenerate but finite input,
compiles as one graph unless its docstring says otherwise, and hides no NaN that it is given.

Needs the extra `torch`: `pip install "losscompass[torch]"`. Nothing else in losscompass imports this room.
"""

try:
    import torch as _torch  # noqa: F401  (asked for first, so that its absence is said in one sentence)
except ModuleNotFoundError as absent:
    if absent.name != "torch":
        raise
    raise ModuleNotFoundError(
        'losscompass.functional needs PyTorch: pip install "losscompass[torch]"', name="torch"
    ) from None

from .boxes import ciou_loss, diou_loss, giou_loss, iou_loss
from .detection import DetectionParts, detection_loss
from .distribution_focal import distribution_focal_loss
from .elbo import ElboParts, negative_elbo
from .varifocal import varifocal_loss

__all__ = [
    "DetectionParts",
    "ElboParts",
    "ciou_loss",
    "detection_loss",
    "diou_loss",
    "distribution_focal_loss",
    "giou_loss",
    "iou_loss",
    "negative_elbo",
    "varifocal_loss",
]
