"""The two terms of a variational autoencoder with one reduction: a sum over dimensions, a mean over samples.

With a mean over pixels on one side and a sum over latents on the other, the KL term weighs as much as there are pixels
too many, and the posterior collapses: the commonest slip with this loss.
"""

import math
from typing import Literal, NamedTuple

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from .reduction import at_least_single

# e^30 is a variance no model means; above it the exponential goes on as its tangent, so that it cannot overflow.
_LARGEST_LOG_VARIANCE = 30.0


class ElboParts(NamedTuple):
    """Nats a sample; `divergence` without beta."""

    reconstruction: Float[Tensor, ""]
    divergence: Float[Tensor, ""]
    beta: float

    @property
    def total(self) -> Float[Tensor, ""]:
        """What to minimise: −ELBO where beta is 1."""
        return self.reconstruction + self.beta * self.divergence


def negative_elbo(
    output: Float[Tensor, "n *shape"],
    target: Float[Tensor, "n *shape"],
    mean: Float[Tensor, "n latents"],
    log_variance: Float[Tensor, "n latents"],
    *,
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli",
    deviation: float = 1.0,
    beta: float = 1.0,
) -> ElboParts:
    """−E[ln p(x|z)] and KL(N(mean, e^log_variance) ‖ N(0, 1)), both in nats a sample.

    bernoulli: `output` is logits, `target` in [0, 1]. gaussian: `output` is the mean of x, `deviation` its standard
    deviation, and the constant ½ ln 2π is kept, so the sum is a bound in nats. A start of `pixels · ln 2` (bernoulli)
    with a KL near 0 is sound; a KL that stays at 0 is posterior collapse.
    Raises ValueError for shapes that differ, an unknown likelihood or a deviation that is not positive.
    """
    if output.shape != target.shape or mean.shape != log_variance.shape or output.shape[:1] != mean.shape[:1]:
        raise ValueError(
            f"output {tuple(output.shape)} and target {tuple(target.shape)}, mean {tuple(mean.shape)} and "
            f"log-variance {tuple(log_variance.shape)} must agree, with the samples first"
        )
    if deviation <= 0:
        raise ValueError(f"a standard deviation of {deviation}: it must be positive")
    output, mean, log_variance = at_least_single(output), at_least_single(mean), at_least_single(log_variance)
    target = at_least_single(target).to(output.dtype)
    if likelihood == "bernoulli":
        reconstruction = binary_cross_entropy_with_logits(output, target, reduction="sum")
    elif likelihood == "gaussian":
        constant = math.log(deviation) + 0.5 * math.log(2 * math.pi)
        reconstruction = (0.5 * ((output - target) / deviation).square() + constant).sum()
    else:
        raise ValueError(f"likelihood {likelihood!r}: bernoulli or gaussian is known")
    samples = max(len(output), 1)
    capped = log_variance.clamp(max=_LARGEST_LOG_VARIANCE)
    excess = log_variance - capped  # 0 wherever the model is sane
    variance_minus_one = capped.expm1() + capped.exp() * excess
    divergence = 0.5 * (mean.square() + variance_minus_one - log_variance).sum()
    return ElboParts(reconstruction / samples, divergence / samples, beta)
