"""Counters of iterations that start again in every epoch: the position within the whole run, rebuilt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from .columns import Column
from .names import Phase, Role

AGREE = 0.8  # share of the epochs that must start the counter again, for it to be a counter of the epoch


def unwrap_counters(columns: Sequence[Column], roles: Mapping[str, tuple[str, Role]]) -> list[Column]:
    """The columns with `step` counted over the whole run, where the longest of them counts within each epoch.

    A column of another phase counts its own batches: its position within the epoch is stretched to the training's, and
    one number an epoch stands at the epoch's end.
    """
    counted = [c for c in columns if c.axis == "step" and c.epoch is not None and bool(np.isfinite(c.epoch).all())]
    train = [c for c in counted if roles[c.raw][1].phase in (Phase.TRAIN, Phase.NONE)] or counted
    if not train:
        return list(columns)
    lead = max(train, key=lambda column: column.size)
    if not _starts_again(lead):
        return list(columns)
    length = _length(lead)
    first = min(float(np.floor(c.epoch).min()) for c in counted if c.epoch is not None)
    known = {id(column) for column in counted}
    return [
        _unwrapped(column, roles[column.raw][1].phase, first, length) if id(column) in known else column
        for column in columns
    ]


def _starts_again(column: Column) -> bool:
    assert column.epoch is not None
    if column.size < 3 or np.any(column.epoch != np.floor(column.epoch)):
        return False
    fell, rose = np.diff(column.step) < 0, np.diff(column.epoch) > 0
    both = int(np.count_nonzero(fell & rose))
    return both >= 1 and both >= AGREE * int(np.count_nonzero(rose))


def _length(column: Column) -> float:
    """Positions in an epoch: the highest count, one more where counting starts at 0."""
    return float(column.step.max()) + (1.0 if float(column.step.min()) == 0.0 else 0.0)


def _unwrapped(column: Column, phase: Phase, first: float, length: float) -> Column:
    assert column.epoch is not None
    epoch = np.floor(column.epoch)
    own = _length(column)
    if own > 1.5 * length and np.any((np.diff(epoch) > 0) & (np.diff(column.step) > 0)):
        return column  # this one counts over the whole run already
    within: Float[np.ndarray, " n"] = column.step
    once = column.size <= 1 + int(np.count_nonzero(np.diff(epoch) != 0))
    if once and phase not in (Phase.TRAIN, Phase.NONE):
        within = np.full(column.size, length)
    elif phase not in (Phase.TRAIN, Phase.NONE) and own > 0:
        within = column.step * (length / own)
    return replace(column, step=(epoch - first) * length + within)
