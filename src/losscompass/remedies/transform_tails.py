"""The logarithm of long tails."""

from .base import Remedy

REMEDY = Remedy(id="transform-tails", stage="preprocessing", risk="changes-result")
