"""Bring the parts of a summed loss to the same size."""

from collections.abc import Mapping

from ..evidence.run import Run
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """The part, and the factor that lifts it to a fifth of the sum, if it is below that."""
    part, last, total = values.get("part"), values.get("last"), values.get("sum_last")
    if not isinstance(part, str) or not isinstance(last, float) or not isinstance(total, float) or last <= 0:
        return {}
    factor = float(f"{0.2 * total / last:.2g}")
    return {"part": part, "factor": factor} if factor > 1.0 else {}


REMEDY = Remedy(id="reweigh-loss-parts", stage="regularisation", risk="changes-result", parameters=parameters)
