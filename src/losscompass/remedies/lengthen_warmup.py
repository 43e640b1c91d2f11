"""Let the rate climb more slowly."""

from collections.abc import Mapping

from ..evidence.run import Run
from ._rates import rate_series
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Three times the warm-up that was used, at most a tenth of the run."""
    rates = rate_series(run)
    if rates is None or rates.step[-1] <= rates.step[0]:
        return {}
    top = float(rates.step[int(rates.value.argmax())] - rates.step[0])
    length = float(rates.step[-1] - rates.step[0])
    return {"warmup": float(round(max(3.0 * top, 0.05 * length))), "was": top} if top > 0 else {}


REMEDY = Remedy(id="lengthen-warmup", stage="learning-rate", risk="changes-result", parameters=parameters)
