"""Find what is not finite in the data, and repair it or leave it out."""

from .base import Remedy

REMEDY = Remedy(id="clean-data", stage="preprocessing", risk="changes-result")
