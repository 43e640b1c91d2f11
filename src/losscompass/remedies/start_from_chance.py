"""Start the last layer at the best constant answer."""

from .base import Remedy

REMEDY = Remedy(id="start-from-chance", stage="architecture", risk="changes-result")
