"""Bring inputs and regression targets to mean 0 and spread 1."""

from .base import Remedy

REMEDY = Remedy(id="scale-inputs", stage="preprocessing", risk="changes-result")
