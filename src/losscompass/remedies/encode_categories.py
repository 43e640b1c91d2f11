"""Text columns as numbers."""

from .base import Remedy

REMEDY = Remedy(id="encode-categories", stage="preprocessing", risk="changes-result")
