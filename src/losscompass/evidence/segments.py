"""Positions that go back: several runs in one log, a run resumed, a counter that starts again in every epoch, disorder.

All columns of a log are cut at the same places. What happened at a cut is told by the evidence of the column that says
most (a loss before anything else, then the longest):

- the counter restarts whenever the epoch rises: a counter of the epoch; the global position is rebuilt;
- it returns to where it began, and so does the value: another run (a restart, the next fold);
- it returns to where it began, but the value goes on: the counter was reset, the run was not; it is counted on;
- it returns part of the way: resumed from a checkpoint; what was logged of the abandoned branch is replaced;
- it returns to where it began for one last number: a stray line, dropped;
- single positions out of order, none of them twice: several writers; sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from .columns import Column
from .counters import unwrap_counters
from .names import Kind, Role
from .records import Event, Skipped

Verdict = Literal["restart", "continue", "resume", "stray", "disorder"]

MAX_CUTS = 10_000  # a log with more of them is out of order, not in many runs
DISORDER = 0.2  # share of falling steps above which a column has no order of its own
GOES_ON = 0.75  # share of the way from the first values to the last that the value must keep to count as going on


@dataclass(frozen=True, slots=True)
class Piece:
    """One run's columns and events."""

    columns: tuple[Column, ...]
    events: tuple[Event, ...]


def split(
    columns: Sequence[Column], roles: Mapping[str, tuple[str, Role]], events: Sequence[tuple[float, Event]]
) -> tuple[list[Piece], list[Skipped]]:
    """The runs that the columns hold, each with positions that never fall, and what was dropped on the way."""
    skipped: list[Skipped] = []
    columns = unwrap_counters(columns, roles)
    columns, placed = _with_common_places([_in_order(column) for column in columns])
    falls = {at: _falls(column) for at, column in enumerate(columns)}
    cuts = _cuts(columns, falls)
    verdicts = _judge(columns, falls, cuts, roles)
    edges = [np.searchsorted(column.place, [cut.place for cut in cuts]) for column in columns]
    pieces: list[Piece] = []
    for first, last in _runs(verdicts):
        begins = -np.inf if first == 0 else cuts[first - 1].place
        ends = np.inf if last == len(cuts) else cuts[last].place
        whole: list[Column] = []
        offsets = _offsets(columns, edges, verdicts, first, last)
        for at, column in enumerate(columns):
            bounds = [0, *(int(e) for e in edges[at]), column.size]
            parts = [column.take(slice(bounds[k], bounds[k + 1])) for k in range(first, last + 1)]
            one, lost = _assembled(parts, verdicts[first:last], offsets, first, columns, edges)
            skipped += lost
            if one is not None and one.size:
                one, lost = _once_each(one)
                skipped += lost
                whole.append(one)
        inside = [event for place, event in events if not placed or begins <= place < ends]
        pieces.append(Piece(tuple(whole), tuple(inside if placed or first == 0 else ())))
    return pieces, skipped


@dataclass(frozen=True, slots=True)
class Cut:
    """A place of the log at which positions fall, and the columns and points that fall there."""

    place: float
    falls: Mapping[int, int]  # column → index of its first point after the fall


def _position(column: Column) -> Float[np.ndarray, " n"]:
    """What must not fall: the step; where a log counts nothing but its rows, the epoch."""
    if column.axis == "row" and column.epoch is not None:
        known = np.isfinite(column.epoch)
        if known.all() and not np.any(np.diff(column.step) < 0):
            return column.epoch
    return column.step


def _falls(column: Column) -> Int[np.ndarray, " k"]:
    return np.flatnonzero(np.diff(_position(column)) < 0) + 1


def _in_order(column: Column) -> Column:
    """The column itself, or sorted if it has no order of its own."""
    falls = _falls(column).size
    if falls > MAX_CUTS or (falls >= 3 and falls > DISORDER * column.size and not _saw(column)):
        return column.take(np.argsort(_position(column), kind="stable"))
    return column


def _saw(column: Column) -> bool:
    """Whether a column that falls often falls to the same place each time: a counter of few counts an epoch."""
    position = _position(column)
    low = position[_falls(column)]
    return float(np.mean(low == np.median(low))) > 0.8 and float(np.median(low)) <= float(position[0])


def _with_common_places(columns: Sequence[Column]) -> tuple[list[Column], bool]:
    """The columns with places that tell apart what came in one block, and whether these are still those of the log.

    Where a column fell inside one block, its places say nothing: the clock says it, and else the k-th fall of one
    column is taken for the k-th of the others.
    """
    if all(column.exact or not _falls(column).size for column in columns):
        return list(columns), True
    if all(column.time is not None and bool(np.all(np.diff(column.time) >= 0)) for column in columns):
        return [replace(column, place=column.time) for column in columns if column.time is not None], False
    placed = []
    for column in columns:
        fallen = np.zeros(column.size)
        fallen[_falls(column)] = 1.0
        placed.append(replace(column, place=np.cumsum(fallen)))
    return placed, False


def _cuts(columns: Sequence[Column], falls: Mapping[int, Int[np.ndarray, " k"]]) -> list[Cut]:
    """The places at which at least one column falls. A column whose points between two falls of another stand before
    the first of them fell there too: one place for all."""
    found = sorted(
        (float(columns[at].place[index]), at, int(index)) for at, indices in falls.items() for index in indices
    )
    if len(found) > MAX_CUTS * 4:
        return []
    cuts: list[tuple[float, dict[int, int]]] = []
    for place, at, index in found:
        if cuts and columns[at].place[index - 1] < cuts[-1][0]:
            cuts[-1][1].setdefault(at, index)
        else:
            cuts.append((place, {at: index}))
    return [Cut(place, falling) for place, falling in cuts]


def _judge(
    columns: Sequence[Column],
    falls: Mapping[int, Int[np.ndarray, " k"]],
    cuts: Sequence[Cut],
    roles: Mapping[str, tuple[str, Role]],
) -> list[Verdict]:
    verdicts: list[Verdict] = []
    begins: dict[int, int] = dict.fromkeys(range(len(columns)), 0)  # where the run of a column began
    resets: dict[int, int] = dict.fromkeys(range(len(columns)), 0)  # where its counter began
    last = {at: int(indices[-1]) for at, indices in falls.items() if indices.size}
    for cut in cuts:
        lead = min(cut.falls, key=lambda at: (_RANK.get(roles[columns[at].raw][1].kind, 9), -columns[at].size, at))
        index = cut.falls[lead]
        following = falls[lead][np.searchsorted(falls[lead], index, side="right") :]
        stop = int(following[0]) if following.size else columns[lead].size
        stray = all(index == last[at] == columns[at].size - 1 for at, index in cut.falls.items()) and cut is cuts[-1]
        verdict = _verdict(columns[lead], begins[lead], resets[lead], index, stop, stray=stray)
        verdicts.append(verdict)
        for at, column in enumerate(columns):
            if verdict in ("restart", "continue"):
                resets[at] = int(np.searchsorted(column.place, cut.place))
            if verdict == "restart":
                begins[at] = resets[at]
    return _agreed(verdicts)


_RANK: Mapping[Kind, int] = {
    Kind.LOSS: 0,
    Kind.LOSS_PART: 1,
    Kind.METRIC_DOWN: 2,
    Kind.REWARD: 2,
    Kind.METRIC_UP: 2,
    Kind.OTHER: 4,
    Kind.GRADIENT_NORM: 3,
}


def _agreed(verdicts: list[Verdict]) -> list[Verdict]:
    """A counter that was reset again and again, and mostly seen to go on, went on each time."""
    returns = [verdict for verdict in verdicts if verdict in ("restart", "continue")]
    if len(returns) >= 3 and returns.count("continue") > 0.6 * len(returns):
        return ["continue" if verdict == "restart" else verdict for verdict in verdicts]
    return verdicts


def _verdict(column: Column, begin: int, reset: int, index: int, stop: int, *, stray: bool) -> Verdict:
    """What happened at point `index` of a column whose run began at `begin`, whose counter began at `reset`, and which
    falls next at `stop`."""
    position = _position(column)
    before, after = position[reset:index], position[index:stop]
    low, high = float(before.min()), float(before.max())
    gaps = np.diff(np.unique(before))
    spacing = float(np.median(gaps)) if gaps.size else max(abs(high), 1.0)
    if stray and before.size >= 3 and after[0] <= low:
        return "stray"
    if after[0] > low + max(1.5 * spacing, 0.02 * (high - low)):
        replaced = before[before >= after[0]]
        again = np.isin(after[after <= high], replaced).any()
        if again and 2 * after.size < replaced.size:
            return "restart"  # a short second try replaces nothing: it is a run of its own
        return "resume" if again or replaced.size > 2 else "disorder"
    return "continue" if _goes_on(column.value, begin, reset, index, stop) else "restart"


def _goes_on(value: Float[np.ndarray, " n"], begin: int, reset: int, index: int, stop: int) -> bool:
    """Whether the values after `index` go on where those before it ended, rather than where the run began."""
    before, after = value[begin:index], value[index:stop]
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if before.size < 4 or not after.size:
        return False
    few = max(1, min(3, before.size // 4, after.size))
    start, end, new = (float(np.median(v)) for v in (before[:few], before[-few:], after[:few]))
    noise = float(np.median(np.abs(np.diff(before)))) if before.size > 4 else 0.0
    if abs(end - start) <= 3.0 * noise or end == start:
        return False
    return (new - start) / (end - start) > GOES_ON


def _runs(verdicts: Sequence[Verdict]) -> list[tuple[int, int]]:
    """First and last segment of each run, where segment k lies between cut k-1 and cut k."""
    starts = [0, *(at + 1 for at, verdict in enumerate(verdicts) if verdict == "restart")]
    return [
        (first, (starts[k + 1] if k + 1 < len(starts) else len(verdicts) + 1) - 1) for k, first in enumerate(starts)
    ]


def _offsets(
    columns: Sequence[Column],
    edges: Sequence[Int[np.ndarray, " c"]],
    verdicts: Sequence[Verdict],
    first: int,
    last: int,
) -> dict[str, list[float]]:
    """For each axis, what is added to the positions of each segment of a run, where its counter was reset."""
    offsets: dict[str, list[float]] = {}
    for axis in {column.axis for column in columns}:
        total, found, end, gap = 0.0, [0.0], -np.inf, 1.0
        for segment in range(first, last + 1):
            inside = [
                column.step[slice(*_bounds(column, edges[at], segment))]
                for at, column in enumerate(columns)
                if column.axis == axis
            ]
            inside = [steps for steps in inside if steps.size]
            if segment > first:
                fell = inside and min(float(steps.min()) for steps in inside) + total < end
                if verdicts[segment - 1] == "continue" and axis != "row" and fell:
                    low = min(float(steps.min()) for steps in inside)
                    total = end - low + gap
                found.append(total)
            if inside:
                longest = max(inside, key=len)
                end = max(end, total + max(float(steps.max()) for steps in inside))
                gap = float(np.median(np.diff(longest))) if longest.size > 1 else gap
                gap = gap if gap > 0 else 1.0
        offsets[axis] = found
    return offsets


def _bounds(column: Column, edges: Int[np.ndarray, " c"], segment: int) -> tuple[int, int]:
    return (0 if segment == 0 else int(edges[segment - 1])), (
        int(edges[segment]) if segment < edges.size else column.size
    )


def _assembled(
    parts: Sequence[Column],
    verdicts: Sequence[Verdict],
    offsets: Mapping[str, Sequence[float]],
    first: int,
    columns: Sequence[Column],
    edges: Sequence[Int[np.ndarray, " c"]],
) -> tuple[Column | None, list[Skipped]]:
    """One column of one run from its segments."""
    skipped: list[Skipped] = []
    whole: list[Column] = []
    for number, part in enumerate(parts):
        offset = offsets[part.axis][number]
        moved = part if offset == 0.0 else replace(part, step=part.step + offset)
        verdict = verdicts[number - 1] if number else None
        if verdict == "stray" and part.size:
            skipped.append(Skipped("stray-repeated-step", part.size, part.raw))
            continue
        if verdict == "resume":
            again = _resumed_at(columns, edges, first + number, part.axis) + offset
            for at, earlier in enumerate(whole):
                keep = earlier.step < again
                if not keep.all():
                    skipped.append(Skipped("overwritten-by-resume", int(earlier.size - keep.sum()), part.raw))
                    whole[at] = earlier.take(keep)
        whole.append(moved)
    return _concatenated([part for part in whole if part.size]), skipped


def _resumed_at(columns: Sequence[Column], edges: Sequence[Int[np.ndarray, " c"]], segment: int, axis: str) -> float:
    """The first position that any column of this axis takes after a resume."""
    firsts = [
        float(steps.min())
        for at, column in enumerate(columns)
        if column.axis == axis and (steps := column.step[slice(*_bounds(column, edges[at], segment))]).size
    ]
    return min(firsts, default=np.inf)


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


REPEATED = 0.1  # share of repeated positions up to which a repetition is a correction, not a second measurement


def _once_each(column: Column) -> tuple[Column, list[Skipped]]:
    """Where a few positions stand twice, the number written last counts; where many do, all are kept."""
    repeated = np.diff(column.step) == 0
    count = int(np.count_nonzero(repeated))
    if not count or count > REPEATED * column.size or column.axis == "row":
        return column, []
    keep = np.append(~repeated, True)
    return column.take(keep), [Skipped("repeated-step", count, column.raw)]
