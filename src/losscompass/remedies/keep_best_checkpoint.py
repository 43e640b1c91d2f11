"""Keep the weights of the best validation value, not the last ones."""

from collections.abc import Mapping

from ..evidence.run import Run
from ._best import best_and_patience
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Where the best validation value was."""
    best = best_and_patience(run)
    return {key: best[key] for key in ("curve", "best_at", "best") if key in best}


REMEDY = Remedy(id="keep-best-checkpoint", stage="evaluation", risk="safe", parameters=parameters)
