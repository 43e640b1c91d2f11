"""Penalties on the weights, added to a loss: they say nothing of the data, and are read apart from it."""

from typing import Final

from ..base import Loss
from .l1_penalty import LOSS as L1_PENALTY
from .l2_penalty import LOSS as L2_PENALTY

LOSSES: Final[tuple[Loss, ...]] = (L1_PENALTY, L2_PENALTY)
