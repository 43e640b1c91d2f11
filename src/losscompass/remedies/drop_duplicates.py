"""Repeated rows dropped before the split."""

from .base import Remedy

REMEDY = Remedy(id="drop-duplicates", stage="preprocessing", risk="changes-result")
