"""Look at what the model answers, class by class, before trusting one number."""

from .base import Remedy

REMEDY = Remedy(id="look-at-predictions", stage="evaluation", risk="safe")
