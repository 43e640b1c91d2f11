"""The figures of a curve, as every report shows them."""

import numpy as np

from ..evidence.run import Series
from ..text.catalogue import Catalogue


def best_of(series: Series) -> tuple[float, float] | None:
    """The best finite value, in the curve's own direction, and where it is; None where there is no finite value."""
    finite = series.finite()
    if not len(finite):
        return None
    index = int(np.argmax(finite.value) if series.role.direction > 0 else np.argmin(finite.value))
    return float(finite.value[index]), float(finite.step[index])


def first_best_last(series: Series, catalogue: Catalogue) -> tuple[str, str, str]:
    """The first and the last value, NaN included; the best with its place."""
    first, last = (catalogue.number(float(series.value[at])) for at in (0, -1))
    best = best_of(series)
    if best is None:
        return first, "-", last
    at = catalogue.ui(f"at.{series.axis}", at=best[1])
    return first, catalogue.ui("best.where", value=best[0], at=at), last
