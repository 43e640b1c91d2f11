"""Feed the training data in a new order in each epoch."""

from .base import Remedy

REMEDY = Remedy(id="shuffle-data", stage="preprocessing", risk="changes-result")
