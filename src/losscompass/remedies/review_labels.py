"""A look at the labels that are probably wrong."""

from .base import Remedy

REMEDY = Remedy(id="review-labels", stage="preprocessing", risk="safe")
