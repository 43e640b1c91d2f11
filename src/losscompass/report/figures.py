"""The figures of a curve, as every report shows them."""

import numpy as np

from ..evidence.run import Series
from ..text.catalogue import Catalogue


def first_best_last(series: Series, catalogue: Catalogue) -> tuple[str, str, str]:
    """The first and the last value, NaN included; the best of the finite ones with its place, in its own direction."""
    first, last = (catalogue.number(float(series.value[at])) for at in (0, -1))
    finite = series.finite()
    if not len(finite):
        return first, "-", last
    index = int(np.argmax(finite.value) if series.role.direction > 0 else np.argmin(finite.value))
    at = catalogue.ui(f"at.{series.axis}", at=float(finite.step[index]))
    return first, catalogue.ui("best.where", value=float(finite.value[index]), at=at), last
