"""Missing values filled, with a column that says where they were."""

from .base import Remedy

REMEDY = Remedy(id="fill-missing-values", stage="preprocessing", risk="changes-result")
