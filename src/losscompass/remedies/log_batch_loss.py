"""Log the loss of each batch instead of a running mean."""

from .base import Remedy

REMEDY = Remedy(id="log-batch-loss", stage="evaluation", risk="safe")
