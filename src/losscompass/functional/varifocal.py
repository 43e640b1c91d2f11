"""Varifocal loss: a classification score trained to say how well the box fits (arXiv 2008.13367, equation 2)."""

from jaxtyping import Float
from torch import Tensor, where
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from .reduction import Reduction, at_least_single, reduce


def varifocal_loss(
    logits: Float[Tensor, "*n"],
    target: Float[Tensor, "*n"],
    *,
    alpha: float = 0.75,
    gamma: float = 2.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """q·BCE(p, q) where q > 0 and α·p^γ·(−ln(1 − p)) where q = 0, with p = sigmoid(logits), in nats.

    `target` q is the IoU of a positive's box in its own class and 0 elsewhere. The paper divides the sum by the number
    of positives: take `reduction="sum"` for that; "mean" divides by all elements. The gradient goes through p^γ.
    Raises ValueError where the shapes differ.
    """
    if logits.shape != target.shape:
        raise ValueError(
            f"logits of shape {tuple(logits.shape)} and targets of shape {tuple(target.shape)}: must agree"
        )
    logits = at_least_single(logits)
    target = at_least_single(target).to(logits.dtype)
    positive = target * binary_cross_entropy_with_logits(logits, target, reduction="none")
    # p^γ as an exponential: the gradient of a power is infinite at 0 where γ < 1.
    negative = alpha * (-gamma * softplus(-logits)).exp() * softplus(logits)
    return reduce(where(target > 0, positive, negative), reduction)
