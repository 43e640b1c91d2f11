"""Train in training mode, validate in eval mode."""

from .base import Remedy

REMEDY = Remedy(id="switch-modes", stage="evaluation", risk="changes-result")
