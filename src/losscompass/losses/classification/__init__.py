"""Losses of classes: how much probability, or what margin, the right answer is given."""

from typing import Final

from ..base import Loss
from .bce import LOSS as BCE
from .bce_with_logits import LOSS as BCE_WITH_LOGITS
from .cross_entropy import LOSS as CROSS_ENTROPY
from .focal import LOSS as FOCAL
from .hinge import LOSS as HINGE
from .kl_divergence import LOSS as KL_DIVERGENCE
from .multi_margin import LOSS as MULTI_MARGIN
from .nll import LOSS as NLL
from .squared_hinge import LOSS as SQUARED_HINGE

LOSSES: Final[tuple[Loss, ...]] = (
    BCE_WITH_LOGITS,
    BCE,
    CROSS_ENTROPY,
    NLL,
    KL_DIVERGENCE,
    HINGE,
    SQUARED_HINGE,
    MULTI_MARGIN,
    FOCAL,
)
