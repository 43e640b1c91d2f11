"""Bound the norm of the gradient."""

from collections.abc import Mapping

import numpy as np

from ..evidence.names import Kind
from ..evidence.run import Run
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:  # noqa: ARG001
    """Twice the usual norm of the gradient if it was logged: ordinary steps pass, outliers are cut."""
    for _, series in sorted(run.series.items()):
        finite = series.finite()
        if series.role.kind is Kind.GRADIENT_NORM and len(finite) >= 10:
            usual = float(np.median(finite.value))
            return {"norm": float(f"{2.0 * usual:.2g}"), "usual": usual} if usual > 0 else {}
    return {}


REMEDY = Remedy(id="clip-gradients", stage="learning-rate", risk="changes-result", parameters=parameters)
