"""Make memorising harder: weight decay, dropout, label smoothing."""

from .base import Remedy

REMEDY = Remedy(id="add-regularisation", stage="regularisation", risk="changes-result")
