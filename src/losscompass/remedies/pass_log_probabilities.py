"""Give a loss that wants log-probabilities just that."""

from .base import Remedy

REMEDY = Remedy(id="pass-log-probabilities", stage="preprocessing", risk="changes-result")
