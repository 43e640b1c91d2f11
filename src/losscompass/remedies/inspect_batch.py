"""Find the batch at which it happened, and look at it."""

from collections.abc import Mapping

from ..evidence.run import Run
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Where to look, from the finding."""
    step = next((values[key] for key in ("step", "at", "onset") if isinstance(values.get(key), float | int)), None)
    return {} if step is None else {"step": step}


REMEDY = Remedy(id="inspect-batch", stage="preprocessing", risk="safe", parameters=parameters)
