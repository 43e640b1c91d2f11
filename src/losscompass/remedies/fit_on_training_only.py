"""Preprocessing that is fitted on the training part and applied to both."""

from .base import Remedy

REMEDY = Remedy(id="fit-on-training-only", stage="evaluation", risk="changes-result")
