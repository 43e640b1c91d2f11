"""Make prediction and target equal in shape before the loss."""

from .base import Remedy

REMEDY = Remedy(id="match-shapes", stage="evaluation", risk="changes-result")
