"""Let the parameters that should learn want their gradient."""

from .base import Remedy

REMEDY = Remedy(id="thaw-parameters", stage="evaluation", risk="changes-result")
