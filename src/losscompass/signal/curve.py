"""A logged series made ready for reading: finite, turned so that down is better, without the artefacts of printing."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ..evidence.names import Kind
from ..evidence.run import Series
from .outline import Outline, outline
from .sawtooth import keep_ends


@dataclass(frozen=True, slots=True)
class Curve:
    """A series that is to be minimised. `turned` is -1 where the log maximises it."""

    series: Series  # the points that count: finite, a sawtooth reduced to its epochs' ends
    value: Float[np.ndarray, " n"]  # its values, turned
    outline: Outline
    turned: int
    reduced: bool  # whether a sawtooth was reduced

    def at(self, block: int) -> float:
        """The position, on the series' axis, where a block of the outline begins."""
        return float(self.series.step[self.outline.edges[min(max(block, 0), self.outline.blocks - 1)]])

    def logged(self, level: float) -> float:
        """A level as the log would show it."""
        return self.turned * level


_LATELY: OrderedDict[int, tuple[Series, Curve]] = OrderedDict()
_KEPT = 8
"""Every rule looks at the same few series: what was made of the last of them is remembered, by identity."""


def read(series: Series) -> Curve:
    """Make a series ready. A reward or a metric that rises is turned; what has no direction is read as a loss."""
    known = _LATELY.get(id(series))
    if known is not None and known[0] is series:
        return known[1]
    curve = _read(series)
    _LATELY[id(series)] = (series, curve)  # holds the series, so that its id cannot come to mean another
    while len(_LATELY) > _KEPT:
        _LATELY.popitem(last=False)
    return curve


def _read(series: Series) -> Curve:
    series = series.finite()
    keep = keep_ends(series.value, series.epoch)
    if keep is not None:
        series = series.take(keep)
    turned = -1 if series.role.direction > 0 else 1
    value = series.value * turned
    return Curve(series, value, outline(value), turned, keep is not None)


def is_loss(series: Series) -> bool:
    """Whether the series is what training minimises, and not a metric or a reward beside it."""
    return series.role.kind in {Kind.LOSS, Kind.LOSS_PART}
