"""The composite loss of anchor-free detectors (YOLOv8 and those after it), taken apart by term."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from .boxes import ciou_loss
from .distribution_focal import distribution_focal_loss
from .reduction import at_least_single


class DetectionParts(NamedTuple):
    """The terms, gains included, as such detectors print them; each a scalar."""

    box: Float[Tensor, ""]
    classification: Float[Tensor, ""]
    distribution: Float[Tensor, ""]

    @property
    def total(self) -> Float[Tensor, ""]:
        """The sum of the terms. Ultralytics multiplies it by the batch size before it goes back."""
        return self.box + self.classification + self.distribution


def detection_loss(
    class_logits: Float[Tensor, "*anchors classes"],
    target_scores: Float[Tensor, "*anchors classes"],
    boxes: Float[Tensor, "*anchors 4"],
    target_boxes: Float[Tensor, "*anchors 4"],
    side_logits: Float[Tensor, "*anchors 4 bins"] | None = None,
    target_sides: Float[Tensor, "*anchors 4"] | None = None,
    *,
    box_gain: float = 7.5,
    class_gain: float = 0.5,
    distribution_gain: float = 1.5,
) -> DetectionParts:
    """CIoU of the boxes, BCE of the classes, DFL of the sides, each divided by Σ target scores (1 at least).

    `target_scores`: what the assigner gave each anchor, 0 for background; their sum over the classes weights an anchor's
    box and sides. `boxes`: corners, any unit. `target_sides`: distances from anchor to left, top, right, bottom, in bins.
    Without `side_logits` (detectors that regress the sides directly) the term is 0.

    Box and sides are weighted means, so they do not depend on batch size or number of objects once Σ ≥ 1; the classes'
    term does. A batch without objects reads class_gain · Σ BCE, which grows with the batch: not a fault of the model.
    The foreground is picked by a mask, so `torch.compile` breaks its graph here. Raises ValueError for shapes that differ.
    """
    if class_logits.shape != target_scores.shape:
        raise ValueError(f"class logits {tuple(class_logits.shape)} and scores {tuple(target_scores.shape)} must agree")
    if (side_logits is None) != (target_sides is None):
        raise ValueError("side logits and target sides come together or not at all")
    class_logits = at_least_single(class_logits)
    scores = at_least_single(target_scores).to(class_logits.dtype)
    weight = scores.sum(-1)
    normaliser = weight.sum().clamp(min=1)
    classification = binary_cross_entropy_with_logits(class_logits, scores, reduction="sum") / normaliser

    chosen = weight > 0
    anchor_weight = weight[chosen] / normaliser
    box = (ciou_loss(boxes[chosen], target_boxes[chosen], reduction="none") * anchor_weight).sum()
    if side_logits is None or target_sides is None:
        distribution = box.new_zeros(())
    else:
        sides = distribution_focal_loss(side_logits[chosen], target_sides[chosen], reduction="none")
        distribution = (sides.mean(-1) * anchor_weight).sum()
    return DetectionParts(
        box=box_gain * box,
        classification=class_gain * classification,
        distribution=distribution_gain * distribution,
    )
