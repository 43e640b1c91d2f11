"""Go on: the loss was still falling."""

from collections.abc import Mapping

import numpy as np

from ..evidence.run import Run
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Half as long again."""
    curve = run.curve("val") or run.curve("train")
    if curve is None or len(curve) == 0:
        return {}
    end = float(curve.step[-1])
    return {"to": float(np.ceil(1.5 * end)), "from": end, "unit": curve.axis} if end > 0 else {}


REMEDY = Remedy(id="train-longer", stage="learning-rate", risk="costly", parameters=parameters)
