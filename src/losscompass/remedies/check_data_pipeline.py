"""Look at the very tensors that enter the model, with their labels."""

from .base import Remedy

REMEDY = Remedy(id="check-data-pipeline", stage="preprocessing", risk="safe")
