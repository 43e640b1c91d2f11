"""Columns that are no inputs, left out."""

from .base import Remedy

REMEDY = Remedy(id="drop-columns", stage="preprocessing", risk="changes-result")
