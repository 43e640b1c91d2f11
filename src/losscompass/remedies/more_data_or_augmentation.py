"""More samples, or more variety from the same ones."""

from .base import Remedy

REMEDY = Remedy(id="more-data-or-augmentation", stage="data", risk="costly")
