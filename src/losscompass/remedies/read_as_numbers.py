"""Numbers that were written as text, read as numbers."""

from .base import Remedy

REMEDY = Remedy(id="read-as-numbers", stage="preprocessing", risk="safe")
