"""Find the batch at which it happened, and look at it."""

from collections.abc import Mapping

import numpy as np

from ..evidence.run import Run
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Where to look, from the finding; nothing if it is where the log begins, before which no checkpoint lies."""
    steps = [step for key in ("step", "at", "onset") if isinstance(step := values.get(key), float | int)]
    began = min((float(series.step[0]) for series in run.series.values() if len(series)), default=-np.inf)
    return {"step": steps[0]} if steps and steps[0] > began else {}


REMEDY = Remedy(id="inspect-batch", stage="preprocessing", risk="safe", parameters=parameters)
