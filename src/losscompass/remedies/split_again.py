"""A split that puts nothing on both sides."""

from .base import Remedy

REMEDY = Remedy(id="split-again", stage="evaluation", risk="changes-result")
