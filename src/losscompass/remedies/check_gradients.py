"""See which parameters get a gradient, and how large."""

from .base import Remedy

REMEDY = Remedy(id="check-gradients", stage="evaluation", risk="safe")
