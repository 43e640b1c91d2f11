"""Keep logarithms, roots and quotients of the loss away from where they are no numbers."""

from .base import Remedy

REMEDY = Remedy(id="guard-the-loss", stage="evaluation", risk="safe")
