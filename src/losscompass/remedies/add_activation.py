"""Put an activation between the layers."""

from .base import Remedy

REMEDY = Remedy(id="add-activation", stage="architecture", risk="changes-result")
