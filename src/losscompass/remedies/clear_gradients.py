"""Clear the gradients once for every step."""

from .base import Remedy

REMEDY = Remedy(id="clear-gradients", stage="evaluation", risk="safe")
