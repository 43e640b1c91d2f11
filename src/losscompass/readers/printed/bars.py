"""Progress bars: many states of one line, of which the last one is the record.

A bar that runs once over the whole training (or a few times) has no record but its states: then they are the curve.
"""

from dataclasses import dataclass

import numpy as np

from .series import Moments, Placed, Points, placed

ENOUGH = 3  # finished bars: from here on their last states alone are the curve


@dataclass(slots=True)
class State:
    """A bar as it was drawn: how far it was, and what it said."""

    owner: tuple[object, ...]  # equal for the states of one bar
    at: float
    total: float
    values: list[tuple[Points, float]]  # with the series it says something of
    moment: int


class Bars:
    """Follows the bars of a log: the last states go to their series, the others are kept beside them."""

    def __init__(self, moments: Moments) -> None:
        self._moments = moments
        self._pending: State | None = None
        self._states: dict[int, Points] = {}  # by identity of the series of last states

    def take(self, state: State) -> None:
        """A bar drawn: either the next state of the pending one, or the beginning of another."""
        pending = self._pending
        if pending is not None:
            goes_on = pending.owner == state.owner and (
                state.at > pending.at or (state.at == pending.at and not state.at < state.total)
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
            target = points
            if not final:
                target = self._states.setdefault(id(points), Points(points.name, points.phase, points.kind, "step"))
            target.add(value, state.moment)

    def passed(self, points: Points) -> int:
        """How many values of a series were drawn, in all states."""
        return len(points) + len(self._states.get(id(points), ()))

    def curve(self, points: Points) -> tuple[Placed, int]:
        """The series of a bar's values, and how many states it passes over."""
        states = self._states.get(id(points))
        epoch, at, total = self._moments.columns(points.moments)
        keep = np.ones(len(points), dtype=bool)
        if keep.size > ENOUGH:
            # Another number of batches: a look at other data. A bar that stopped short: no value of its epoch.
            usual = _most_frequent(total)
            short = (at < total) & (np.count_nonzero(at >= total) > keep.size // 2)
            keep = ((total == usual) | np.isnan(usual)) & ~short
        if int(keep.sum()) >= ENOUGH or states is None or np.unique(epoch[np.isfinite(epoch)]).size >= ENOUGH:
            return placed(points, self._moments, keep), self.passed(points) - int(keep.sum())
        merged = Points(points.name, points.phase, points.kind, "step")
        order = np.argsort(np.append(states.moments, points.moments), kind="stable")
        merged.moment.extend(np.append(states.moments, points.moments)[order].tolist())
        merged.value.extend(np.append(states.value, points.value)[order].tolist())
        epoch, at, _ = self._moments.columns(merged.moments)
        # A bar redrawn at the same place corrects itself.
        same = (np.diff(at) == 0) & ((np.diff(epoch) == 0) | ~np.isfinite(np.diff(epoch)))
        return placed(merged, self._moments, np.append(~same, np.ones(1, dtype=bool))), int(same.sum())


def _most_frequent(column: np.ndarray) -> float:
    values, counts = np.unique(column[np.isfinite(column)], return_counts=True)
    return float(values[np.argmax(counts)]) if values.size else float("nan")
