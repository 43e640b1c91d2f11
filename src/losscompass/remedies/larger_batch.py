"""Average over more samples a step."""

from .base import Remedy

REMEDY = Remedy(id="larger-batch", stage="learning-rate", risk="changes-result")
