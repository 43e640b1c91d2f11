"""Values far outside, corrected or clipped."""

from .base import Remedy

REMEDY = Remedy(id="clip-outliers", stage="preprocessing", risk="changes-result")
