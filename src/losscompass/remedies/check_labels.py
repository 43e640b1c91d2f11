"""See that the targets are what the loss assumes, and belong to their inputs."""

from .base import Remedy

REMEDY = Remedy(id="check-labels", stage="preprocessing", risk="safe")
