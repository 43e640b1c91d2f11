"""Give the loss what it asks for: logits to losses that take logits."""

from .base import Remedy

REMEDY = Remedy(id="pass-logits", stage="preprocessing", risk="changes-result")
