"""Boxes, their classes and their edges."""

from ..base import Loss

LOSSES: tuple[Loss, ...] = ()
