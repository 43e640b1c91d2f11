"""Let the rate rise, stay and fall over exactly the length of the run."""

from collections.abc import Mapping

from ..evidence.run import Run
from ._rates import rate_series
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """How long the run was, and so what the schedule has to be set to."""
    rates = rate_series(run)
    return {"to": float(rates.step[-1]), "unit": rates.axis, "peak": float(rates.value.max())} if rates else {}


REMEDY = Remedy(id="learning-rate-schedule", stage="learning-rate", risk="changes-result", parameters=parameters)
