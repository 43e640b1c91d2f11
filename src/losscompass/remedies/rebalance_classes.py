"""Let rare classes count: weights, resampling, and a metric that sees them."""

from .base import Remedy

REMEDY = Remedy(id="rebalance-classes", stage="data", risk="changes-result")
