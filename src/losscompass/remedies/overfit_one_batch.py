"""Train on one batch until it is known by heart: a model that cannot do this has a fault, not a difficulty."""

from .base import Remedy

REMEDY = Remedy(id="overfit-one-batch", stage="evaluation", risk="safe")
