"""Let the rate climb more slowly."""

from collections.abc import Mapping

import numpy as np

from ..evidence.run import Run
from ._rates import rate_series
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Three times the warm-up that was used, between a twentieth and a fifth of the run; none where it was that long."""
    rates = rate_series(run)
    if rates is None or not np.isfinite(rates.step[-1] - rates.step[0]):
        return {}
    top = float(rates.step[int(rates.value.argmax())] - rates.step[0])
    length = float(rates.step[-1] - rates.step[0])
    warmup = min(max(3.0 * top, 0.05 * length), 0.2 * length)
    return {"warmup": float(round(warmup)), "was": top} if 0 < top < warmup and warmup >= 1 else {}


REMEDY = Remedy(id="lengthen-warmup", stage="learning-rate", risk="changes-result", parameters=parameters)
