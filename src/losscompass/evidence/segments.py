"""Positions that go back: several runs in one log, a run resumed, a counter that starts again in every epoch, disorder.

All columns of a log are cut at the same places. What happened at a cut is told by the evidence of the column that says
most (a loss before anything else, then the longest):

- the counter restarts whenever the epoch rises: a counter of the epoch; the global position is rebuilt;
- it returns to where it began, and so does the value: another run (a restart, the next fold);
- it goes back, but the epoch rises: the counter was reset, the run was not; it is counted on;
- it returns to where it began, but the value goes on: the counter was reset, the run was not; it is counted on;
- it returns part of the way: resumed from a checkpoint; what was logged of the abandoned branch is replaced;
- it returns to where it began for one last number: a stray line, dropped;
- single positions out of order, none of them twice: several writers; sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from .columns import Column
from .counters import unwrap_counters
from .cuts import Verdict, falls_of, find_cuts, in_order, judge, with_common_places
from .names import Role
from .records import Event, Skipped


@dataclass(frozen=True, slots=True)
class Piece:
    """One run's columns and events."""

    columns: tuple[Column, ...]
    events: tuple[Event, ...]


def split(
    columns: Sequence[Column], roles: Mapping[str, tuple[str, Role]], events: Sequence[tuple[float, Event]]
) -> tuple[list[Piece], list[Skipped]]:
    """The runs that the columns hold, each with positions that never fall, and what was dropped on the way."""
    moving = _moving(unwrap_counters(columns, roles))
    columns, placed = with_common_places([in_order(column) for column in moving])
    falls = {at: falls_of(column) for at, column in enumerate(columns)}
    cuts = find_cuts(columns, falls)
    verdicts = judge(columns, falls, cuts, roles)
    log = _Segmented(columns, [np.searchsorted(column.place, [cut.place for cut in cuts]) for column in columns])
    skipped: list[Skipped] = []
    pieces: list[Piece] = []
    for first, last in _runs(verdicts):
        moves = _moves(log, verdicts, first, last)
        whole: list[Column] = []
        for at, column in enumerate(columns):
            parts = [column.take(log.inside(at, segment)) for segment in range(first, last + 1)]
            one, lost = _assembled(parts, moves[column.axis])
            skipped += lost
            if one is not None:
                one, lost = _once_each(one)
                skipped += lost
                whole.append(one)
        begins = -np.inf if first == 0 else cuts[first - 1].place
        ends = np.inf if last == len(cuts) else cuts[last].place
        inside = [event for place, event in events if (begins <= place < ends if placed else first == 0)]
        pieces.append(Piece(tuple(whole), tuple(inside)))
    return pieces, skipped


@dataclass(frozen=True, slots=True)
class _Segmented:
    """Columns and, for each, the index at which each cut falls. Segment k lies between cut k-1 and cut k."""

    columns: Sequence[Column]
    edges: Sequence[Int[np.ndarray, " c"]]

    def inside(self, at: int, segment: int) -> slice:
        """The points of column `at` in a segment."""
        edges = self.edges[at]
        return slice(int(edges[segment - 1]) if segment else 0, int(edges[segment]) if segment < edges.size else None)

    def steps(self, axis: str, segment: int) -> list[Float[np.ndarray, " n"]]:
        """The positions on an axis that each column has in a segment, where it has any."""
        found = (c.step[self.inside(at, segment)] for at, c in enumerate(self.columns) if c.axis == axis)
        return [steps for steps in found if steps.size]


@dataclass(frozen=True, slots=True)
class _Move:
    """What becomes of one segment on one axis."""

    verdict: Verdict | None  # at the cut before it; None for the first of a run
    offset: float  # added to its positions
    again: float  # its first position, offset included


def _runs(verdicts: Sequence[Verdict]) -> list[tuple[int, int]]:
    """First and last segment of each run, where segment k lies between cut k-1 and cut k."""
    starts = [0, *(at + 1 for at, verdict in enumerate(verdicts) if verdict == "restart")]
    return [
        (first, (starts[k + 1] if k + 1 < len(starts) else len(verdicts) + 1) - 1) for k, first in enumerate(starts)
    ]


def _moves(log: _Segmented, verdicts: Sequence[Verdict], first: int, last: int) -> dict[str, list[_Move]]:
    """For each axis, what becomes of each segment of a run: a counter that was reset is counted on."""
    moves: dict[str, list[_Move]] = {}
    for axis in {column.axis for column in log.columns}:
        offset, end, gap = 0.0, -np.inf, 1.0
        moves[axis] = []
        for segment in range(first, last + 1):
            steps = log.steps(axis, segment)
            low = min((float(one.min()) for one in steps), default=np.inf)
            verdict = verdicts[segment - 1] if segment > first else None
            if verdict == "continue" and axis != "row" and low + offset < end:
                offset = end - low + gap
            moves[axis].append(_Move(verdict, offset, low + offset))
            if steps:
                end = max(end, offset + max(float(one.max()) for one in steps))
                gaps = np.diff(max(steps, key=len))
                gap = float(np.median(gaps)) if gaps.size and np.median(gaps) > 0 else gap
    return moves


def _assembled(parts: Sequence[Column], moves: Sequence[_Move]) -> tuple[Column | None, list[Skipped]]:
    """One column of one run from its segments; None if nothing is left."""
    skipped: list[Skipped] = []
    whole: list[Column] = []
    for part, move in zip(parts, moves, strict=True):
        if move.verdict == "stray" and part.size:
            skipped.append(Skipped("stray-repeated-step", part.size, part.raw))
            continue
        if move.verdict == "resume":
            for at, earlier in enumerate(whole):
                keep = earlier.step < move.again
                if not keep.all():
                    skipped.append(Skipped("overwritten-by-resume", int(earlier.size - keep.sum()), part.raw))
                    whole[at] = earlier.take(keep)
        whole.append(part if move.offset == 0.0 else replace(part, step=part.step + move.offset))
    return _concatenated([part for part in whole if part.size]), skipped


def _concatenated(parts: Sequence[Column]) -> Column | None:
    if not parts:
        return None
    if len(parts) == 1:
        whole = parts[0]
    else:
        one = parts[0]
        whole = replace(
            one,
            step=np.concatenate([part.step for part in parts]),
            value=np.concatenate([part.value for part in parts]),
            epoch=None
            if one.epoch is None
            else np.concatenate([part.epoch for part in parts if part.epoch is not None]),
            time=None if one.time is None else np.concatenate([part.time for part in parts if part.time is not None]),
            place=np.concatenate([part.place for part in parts]),
        )
    if np.any(np.diff(whole.step) < 0):
        whole = whole.take(np.argsort(whole.step, kind="stable"))
    return whole


def _moving(columns: Sequence[Column]) -> list[Column]:
    """Where a position never moves (a loop around `fit(epochs=1)` says "epoch 1" each time), the rows are counted."""
    still = {
        axis
        for axis in {column.axis for column in columns}
        if len({float(edge) for c in columns if c.axis == axis for edge in (c.step.min(), c.step.max())}) == 1
        and max(c.size for c in columns if c.axis == axis) >= 3
    }
    return [
        replace(column, axis="row", step=np.arange(float(column.size)), epoch=None) if column.axis in still else column
        for column in columns
    ]


REPEATED = 0.1  # share of repeated positions up to which a repetition is a correction, not a second measurement


def _once_each(column: Column) -> tuple[Column, list[Skipped]]:
    """Where a few positions stand twice, the number written last counts; where many do, all are kept."""
    repeated = np.diff(column.step) == 0
    count = int(np.count_nonzero(repeated))
    if not count or count > REPEATED * column.size or column.axis == "row":
        return column, []
    keep = np.append(~repeated, True)
    return column.take(keep), [Skipped("repeated-step", count, column.raw)]
