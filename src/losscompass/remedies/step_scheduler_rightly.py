"""Step the scheduler in the loop whose turns it counts."""

from .base import Remedy

REMEDY = Remedy(id="step-scheduler-rightly", stage="learning-rate", risk="changes-result")
