"""Average the weights over the last steps."""

from .base import Remedy

REMEDY = Remedy(id="average-checkpoints", stage="regularisation", risk="changes-result")
