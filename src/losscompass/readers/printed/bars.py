"""Progress bars: many states of one line, of which the last one is the record.

A bar that runs once over the whole training (or a few times) has no record but its states: then they are the curve.
"""

from dataclasses import dataclass

import numpy as np

from .series import Moments, Placed, Points, placed
from .words import own_phase

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

    def curves(self, points: Points) -> tuple[list[Placed], int]:
        """The series of a bar's values, and how many states they pass over: of all its bars together if they are few,
        else of the last states; bars of another length that come as often are those of the validation.
        """
        states = self._states.get(id(points))
        epoch, at, total = self._moments.columns(points.moments)
        known = np.unique(epoch[np.isfinite(epoch)]).size
        if len(points) < ENOUGH and states is not None and known < ENOUGH:
            return self._merged(states, points)
        keep = np.ones(len(points), dtype=bool)
        found: list[Placed] = []
        for number, length in enumerate(_lengths(total)):
            if np.isfinite(length):
                # A bar that stopped short has no value of its epoch.
                short = (at < total) & (np.count_nonzero(at >= total) > keep.size // 2)
                keep = (total == length) & ~short
            curve = placed(points, self._moments, keep)
            if number:
                curve.raw = f"val/{curve.raw}"
            if not number or not (points.phase or own_phase(points.name)):
                found.append(curve)
        return found, self.passed(points) - sum(curve.value.size for curve in found)

    def _merged(self, states: Points, points: Points) -> tuple[list[Placed], int]:
        """All states, in the order of the log."""
        merged = Points(points.name, points.phase, points.kind, "step")
        order = np.argsort(np.append(states.moments, points.moments), kind="stable")
        merged.moment.extend(np.append(states.moments, points.moments)[order].tolist())
        merged.value.extend(np.append(states.value, points.value)[order].tolist())
        epoch, at, _ = self._moments.columns(merged.moments)
        # A bar redrawn at the same place corrects itself.
        same = (np.diff(at) == 0) & ((np.diff(epoch) == 0) | ~np.isfinite(np.diff(epoch)))
        return [placed(merged, self._moments, np.append(~same, np.ones(1, dtype=bool)))], int(same.sum())


def _lengths(total: np.ndarray) -> list[float]:
    """The lengths of the bars that count: the most frequent (of several, the first), and one that comes about as often."""
    if total.size <= ENOUGH or np.isnan(total).all():
        return [float("nan")]
    values, first, counts = np.unique(total[np.isfinite(total)], return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    often = [float(values[at]) for at in order[:2] if counts[at] >= ENOUGH - 1 and counts[at] * 2 >= counts.max()]
    return often or [float(values[order[0]])]
