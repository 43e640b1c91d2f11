"""IoU, GIoU, DIoU and CIoU as losses, without a branch: one fused kernel each under `torch.compile`.

Boxes are corners (x1, y1, x2, y2) with x1 ≤ x2 and y1 ≤ y2, in any unit; the losses have none. The four coordinates lie
along `dim`: the last axis, as everywhere, or the first (`dim=0`, shape (4, n)), which is the fastest, because each
coordinate is then one contiguous row.

A box without area overlaps nothing: it reads 1 or more, with a finite gradient; so does one whose corners are swapped
(x, y, width, height given as corners does this). Finite for sides up to 1e18 in float32.

Sources: GIoU arXiv 1902.09630; DIoU and CIoU arXiv 1911.08287, with the trade-off weight α held constant as there.
"""

import math
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, atan2, maximum, minimum

from .reduction import Reduction, at_least_single, reduce

# Areas below this count as none: their reciprocal, times a side, would leave the range of float32.
_EMPTY = 1e-30


class _Overlap(NamedTuple):
    """What all four share; each of shape (*n). The centres are doubled: their difference needs no halving here."""

    iou: Tensor
    union: Tensor
    enclosing_width: Tensor
    enclosing_height: Tensor
    centre_x: Tensor  # difference of x1 + x2
    centre_y: Tensor
    sides: tuple[Tensor, Tensor, Tensor, Tensor]  # prediction's width and height, target's
    areas: tuple[Tensor, Tensor]


def _overlap(prediction: Tensor, target: Tensor, dim: int) -> _Overlap:
    if prediction.shape != target.shape or prediction.shape[dim] != 4:
        raise ValueError(
            f"boxes of shape {tuple(prediction.shape)} and {tuple(target.shape)}: "
            f"the same shape is needed, with 4 corners along dim {dim}"
        )
    left, top, right, bottom = _rows(prediction, dim)
    left_, top_, right_, bottom_ = _rows(target, dim)
    # Swapped corners count as an empty box at the first of them: then the enclosing box encloses whatever is given.
    right, bottom = maximum(right, left), maximum(bottom, top)
    right_, bottom_ = maximum(right_, left_), maximum(bottom_, top_)
    width, height, width_, height_ = right - left, bottom - top, right_ - left_, bottom_ - top_
    area, area_ = width * height, width_ * height_
    shared = (minimum(right, right_) - maximum(left, left_)).clamp(min=0) * (
        minimum(bottom, bottom_) - maximum(top, top_)
    ).clamp(min=0)
    union = area + area_ - shared
    return _Overlap(
        iou=shared / _divisor(union),
        union=union,
        enclosing_width=maximum(right, right_) - minimum(left, left_),
        enclosing_height=maximum(bottom, bottom_) - minimum(top, top_),
        centre_x=left + right - left_ - right_,
        centre_y=top + bottom - top_ - bottom_,
        sides=(width, height, width_, height_),
        areas=(area, area_),
    )


def _rows(boxes: Tensor, dim: int) -> tuple[Tensor, ...]:
    # Copied once into rows, every later operation reads contiguous memory; for (4, n) nothing is copied.
    return at_least_single(boxes).movedim(dim, 0).contiguous().unbind(0)


def _divisor(area: Tensor) -> Tensor:
    """1 more where there is no area: what is divided by it is 0 there, and so is its quotient; both are finite."""
    return area + (area < _EMPTY)


def _distance(overlap: _Overlap) -> Tensor:
    """Squared distance of the centres as a share of the enclosing box's squared diagonal."""
    diagonal = overlap.enclosing_width.square() + overlap.enclosing_height.square()
    return (overlap.centre_x.square() + overlap.centre_y.square()) / (4 * _divisor(diagonal))


def iou_loss(
    prediction: Float[Tensor, "..."], target: Float[Tensor, "..."], *, dim: int = -1, reduction: Reduction = "mean"
) -> Tensor:
    """1 − IoU, in [0, 1]: no gradient where the boxes do not touch, so take GIoU, DIoU or CIoU to train from afar."""
    return reduce(1 - _overlap(prediction, target, dim).iou, reduction)


def giou_loss(
    prediction: Float[Tensor, "..."], target: Float[Tensor, "..."], *, dim: int = -1, reduction: Reduction = "mean"
) -> Tensor:
    """1 − IoU + the share of the enclosing box that neither covers, in [0, 2)."""
    overlap = _overlap(prediction, target, dim)
    enclosing = overlap.enclosing_width * overlap.enclosing_height
    return reduce(1 - overlap.iou + (enclosing - overlap.union) / _divisor(enclosing), reduction)


def diou_loss(
    prediction: Float[Tensor, "..."], target: Float[Tensor, "..."], *, dim: int = -1, reduction: Reduction = "mean"
) -> Tensor:
    """1 − IoU + the squared distance of the centres over the enclosing box's squared diagonal, in [0, 2)."""
    overlap = _overlap(prediction, target, dim)
    return reduce(1 - overlap.iou + _distance(overlap), reduction)


def ciou_loss(
    prediction: Float[Tensor, "..."], target: Float[Tensor, "..."], *, dim: int = -1, reduction: Reduction = "mean"
) -> Tensor:
    """DIoU + α·v, in [0, 2.5): v = (4/π²)·(difference of atan(width/height))², α = v/(1 − IoU + v) held constant."""
    overlap = _overlap(prediction, target, dim)
    width, height, width_, height_ = overlap.sides
    area, area_ = overlap.areas
    # An empty box has no shape; the divisor gives it one, so that the angle's gradient is finite.
    angle, angle_ = atan2(width, _side(height, area)), atan2(width_, _side(height_, area_))
    shape = (4 / math.pi**2) * (angle_ - angle).square()
    alpha = shape.detach() / _divisor(1 - overlap.iou.detach() + shape.detach())
    return reduce(1 - overlap.iou + _distance(overlap) + alpha * shape, reduction)


def _side(side: Tensor, area: Tensor) -> Tensor:
    """1 more for a box without area."""
    return side + (area < _EMPTY)
