"""Distances between embeddings: what is alike shall lie close."""

from ..base import Loss

LOSSES: tuple[Loss, ...] = ()
