"""Clear, backward, step: each once, in this order."""

from .base import Remedy

REMEDY = Remedy(id="order-the-update", stage="evaluation", risk="safe")
