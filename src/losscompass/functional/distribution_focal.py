"""A coordinate as a distribution over bins, trained by the two bins beside it (arXiv 2006.04388, equation 6)."""

from jaxtyping import Float
from torch import Tensor

from .reduction import Reduction, at_least_single, reduce


def distribution_focal_loss(
    logits: Float[Tensor, "*n bins"],
    target: Float[Tensor, "*n"],
    *,
    weight: Float[Tensor, "*n"] | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Cross-entropy to the linear interpolation between bins ⌊y⌋ and ⌊y⌋ + 1, in nats.

    `target` is in units of bins, from 0 to bins − 1; what lies outside counts as the nearest end. Uniform logits read
    ln(bins); no logits read less than the mean entropy of the fractional part: ½ nat for targets spread evenly.
    The mean divides by the number of targets, weighted or not. Raises ValueError for shapes that do not fit.
    """
    bins = logits.shape[-1]
    if bins < 2 or logits.shape[:-1] != target.shape:
        raise ValueError(
            f"logits of shape {tuple(logits.shape)} and targets of shape {tuple(target.shape)}: "
            f"one target for each row of two bins or more is needed"
        )
    logits = at_least_single(logits)
    place = at_least_single(target).to(logits.dtype).clamp(0, bins - 1)
    below = place.floor().clamp(max=bins - 2)  # the last bin is reached from the one before it
    right = place - below
    index = below.long().unsqueeze(-1)
    left_logit = logits.gather(-1, index).squeeze(-1)
    right_logit = logits.gather(-1, index + 1).squeeze(-1)
    values = logits.logsumexp(-1) - (1 - right) * left_logit - right * right_logit
    return reduce(values, reduction, weight)
