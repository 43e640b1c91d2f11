"""Overlap of masks."""

from ..base import Loss

LOSSES: tuple[Loss, ...] = ()
