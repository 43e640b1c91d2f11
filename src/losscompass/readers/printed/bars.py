"""Progress bars: many states of one line, of which the last one is the record.

A bar that runs once over the whole training (or a few times) has no record but its states: then they are the curve.
"""

from dataclasses import dataclass

import numpy as np

from .series import Placed, Points, placed

ENOUGH = 3  # finished bars: from here on their last states alone are the curve


@dataclass(slots=True)
class State:
    """A bar as it was drawn: how far it was, and what it said."""

    owner: tuple[object, ...]  # equal for the states of one bar
    at: float
    values: list[tuple[Points, float]]  # with the series it says something of
    epoch: float
    total: float
    order: int
    said: int


class Bars:
    """Follows the bars of a log; `finals` and `states` are the series of last states and of the others."""

    def __init__(self) -> None:
        self._pending: State | None = None
        self.states: dict[int, Points] = {}  # by identity of the series of last states

    def take(self, state: State) -> None:
        """A bar drawn: either the next state of the pending one, or the beginning of another."""
        pending = self._pending
        if pending is not None:
            goes_on = pending.owner == state.owner and (
                state.at > pending.at or (state.at == pending.at and state.at >= state.total)
            )
            self._put(pending, final=not goes_on)
        self._pending = state

    def flush(self) -> None:
        """What was pending was the last state of its bar."""
        if self._pending is not None:
            self._put(self._pending, final=True)
            self._pending = None

    def _put(self, state: State, *, final: bool) -> None:
        for points, value in state.values:
            target = (
                points
                if final
                else self.states.setdefault(id(points), Points(points.name, points.phase, points.kind, "step"))
            )
            target.add(value, state.epoch, state.at, state.total, state.order, state.said)

    def passed(self, points: Points) -> int:
        """How many states of all kinds were printed of a series."""
        states = self.states.get(id(points))
        return len(points.value) + (0 if states is None else len(states.value))

    def curve(self, points: Points) -> tuple[Placed, int]:
        """The series of a bar's values, and how many states it passes over."""
        states = self.states.get(id(points))
        total, at, epoch = (np.array(column, dtype=np.float64) for column in (points.total, points.step, points.epoch))
        usual = _most_frequent(total)
        keep = np.ones(total.size, dtype=bool)
        if total.size > ENOUGH:
            # Another number of batches: a look at other data. A bar that stopped short: no value of its epoch.
            keep = ((total == usual) | np.isnan(usual)) & ~(
                (at < total) & (np.count_nonzero(at >= total) > total.size // 2)
            )
        known = epoch[np.isfinite(epoch)]
        if int(keep.sum()) >= ENOUGH or states is None or (known.size and np.unique(known).size >= ENOUGH):
            skipped = int((~keep).sum()) + (0 if states is None else len(states.value))
            return placed(points, keep), skipped
        merged = Points(points.name, points.phase, points.kind, "step")
        for source in (states, points):
            for field in ("value", "epoch", "step", "total", "order", "said"):
                getattr(merged, field).extend(getattr(source, field))
        order = np.argsort(np.array(merged.order, dtype=np.int64), kind="stable")
        for field in ("value", "epoch", "step", "total", "order", "said"):
            column = getattr(merged, field)
            column[:] = type(column)(column.typecode, np.array(column)[order].tolist())
        # A bar redrawn at the same place corrects itself.
        steps, epochs = np.array(merged.step), np.array(merged.epoch)
        same = (np.diff(steps) == 0) & ((np.diff(epochs) == 0) | ~np.isfinite(np.diff(epochs)))
        curve = placed(merged, np.append(~same, True))
        return curve, int(same.sum())


def _most_frequent(column: np.ndarray) -> float:
    values, counts = np.unique(column[np.isfinite(column)], return_counts=True)
    return float(values[np.argmax(counts)]) if values.size else float("nan")
