"""Measure on held-out data often enough to see a turn."""

from .base import Remedy

REMEDY = Remedy(id="log-validation", stage="evaluation", risk="safe")
