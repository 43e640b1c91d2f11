"""Rows in random order."""

from .base import Remedy

REMEDY = Remedy(id="shuffle-rows", stage="preprocessing", risk="safe")
