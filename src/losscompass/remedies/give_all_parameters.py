"""Give the optimiser the parameters of the model that is trained, all of them."""

from .base import Remedy

REMEDY = Remedy(id="give-all-parameters", stage="evaluation", risk="changes-result")
