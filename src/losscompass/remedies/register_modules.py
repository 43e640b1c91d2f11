"""Keep layers where the module finds them."""

from .base import Remedy

REMEDY = Remedy(id="register-modules", stage="architecture", risk="changes-result")
