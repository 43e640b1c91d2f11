"""Give the model more capacity, last."""

from .base import Remedy

REMEDY = Remedy(id="larger-model", stage="architecture", risk="costly")
