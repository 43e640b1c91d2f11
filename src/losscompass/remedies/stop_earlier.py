"""Stop when validation has not improved for a while."""

from collections.abc import Mapping

from ..evidence.run import Run
from ._best import best_and_patience
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Where the best validation value was, and a patience that would have waited for every improvement that came."""
    return best_and_patience(run)


REMEDY = Remedy(id="stop-earlier", stage="evaluation", risk="safe", parameters=parameters)
