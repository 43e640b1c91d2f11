"""From one value an element to what the caller asked for."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

Reduction = Literal["none", "mean", "sum"]


def reduce(
    values: Float[Tensor, "*n"], reduction: Reduction, weight: Float[Tensor, "*n"] | None = None
) -> Float[Tensor, "*n"] | Float[Tensor, ""]:
    """Reduce `values`, first multiplied by `weight`; the mean divides by the number of elements, not by the weights.

    The mean of nothing is 0 and not NaN: a batch without objects is no accident. Raises ValueError for another name.
    """
    if weight is not None:
        values = values * weight
    if reduction == "none":
        return values
    if reduction == "sum":
        return values.sum()
    if reduction == "mean":
        return values.sum() / max(values.numel(), 1)
    raise ValueError(f"reduction {reduction!r}: none, mean or sum is known")


def at_least_single(tensor: Tensor) -> Tensor:
    """Half precision as float32: squares, areas and long sums leave its range (65504) or its 3 digits."""
    return tensor.float() if tensor.dtype in {torch.float16, torch.bfloat16} else tensor
