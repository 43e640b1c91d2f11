"""Take a larger learning rate."""

from collections.abc import Mapping

from ..evidence.run import Run
from ._rates import highest_rate, round_rate
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Three times the highest rate that was used; a usual start where it was next to nothing."""
    highest = highest_rate(run)
    if highest is None:
        return {}
    return {"rate": round_rate(max(3.0 * highest, 1e-5)), "was": highest}


REMEDY = Remedy(id="raise-learning-rate", stage="learning-rate", risk="changes-result", parameters=parameters)
