"""Distances between embeddings: what is alike shall lie close."""

from ..base import Loss
from .contrastive import LOSS as CONTRASTIVE
from .info_nce import LOSS as INFO_NCE
from .soft_margin_triplet import LOSS as SOFT_MARGIN_TRIPLET
from .triplet import LOSS as TRIPLET

LOSSES: tuple[Loss, ...] = (TRIPLET, SOFT_MARGIN_TRIPLET, CONTRASTIVE, INFO_NCE)
