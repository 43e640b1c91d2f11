"""Training and validation from one distribution."""

from .base import Remedy

REMEDY = Remedy(id="match-distributions", stage="evaluation", risk="changes-result")
