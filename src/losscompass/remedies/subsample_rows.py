"""A stratified part of the rows for experiments."""

from collections.abc import Mapping

from ..evidence.run import Run
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """As many rows as the learning curve says are enough."""
    return {"rows": values["enough"]} if "enough" in values else {}


REMEDY = Remedy(id="subsample-rows", stage="data", risk="safe", parameters=parameters)
