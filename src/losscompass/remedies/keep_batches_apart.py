"""Let each backward go through its own batch only."""

from .base import Remedy

REMEDY = Remedy(id="keep-batches-apart", stage="evaluation", risk="safe")
