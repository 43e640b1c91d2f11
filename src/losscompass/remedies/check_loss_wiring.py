"""Check what goes into the loss and what comes out: logits, targets, shapes, the order of the three calls."""

from .base import Remedy

REMEDY = Remedy(id="check-loss-wiring", stage="evaluation", risk="safe")
