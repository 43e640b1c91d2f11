"""Keep half precision from overflowing: scale the loss, or use bfloat16."""

from .base import Remedy

REMEDY = Remedy(id="mixed-precision-care", stage="learning-rate", risk="changes-result")
