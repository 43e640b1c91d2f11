"""The places of a log at which positions fall, one for all its columns, and what happened at each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from .columns import Column
from .names import Kind, Role

Verdict = Literal["restart", "continue", "resume", "stray", "disorder"]

MAX_CUTS = 10_000  # a log with more of them is out of order, not in many runs
DISORDER = 0.2  # share of falling steps above which a column has no order of its own
GOES_ON = 0.75  # share of the way from the first values to the last that the value must keep to count as going on


@dataclass(frozen=True, slots=True)
class Cut:
    """A place of the log at which positions fall, and the columns and points that fall there."""

    place: float
    falls: Mapping[int, int]  # column → index of its first point after the fall


MANY, SHORT = 10, 3  # so many returns to the start, of so few points each, are a loop around `fit`


def position_of(column: Column) -> Float[np.ndarray, " n"]:
    """What must not fall: the step; where a log counts nothing but its rows, the epoch."""
    if column.axis == "row" and column.epoch is not None:
        known = np.isfinite(column.epoch)
        if known.all() and not np.any(np.diff(column.step) < 0):
            return column.epoch
    return column.step


def falls_of(column: Column) -> Int[np.ndarray, " k"]:
    return np.flatnonzero(np.diff(position_of(column)) < 0) + 1


def in_order(column: Column) -> Column:
    """The column itself, or sorted if it has no order of its own."""
    falls = falls_of(column).size
    if falls > MAX_CUTS or (falls >= 3 and falls > DISORDER * column.size and not _saw(column)):
        return column.take(np.argsort(position_of(column), kind="stable"))
    return column


def _saw(column: Column) -> bool:
    """Whether a column that falls often falls to the same place each time: a counter of few counts an epoch."""
    position = position_of(column)
    low = position[falls_of(column)]
    return float(np.mean(low == np.median(low))) > 0.8 and float(np.median(low)) <= float(position[0])


def with_common_places(columns: Sequence[Column]) -> tuple[list[Column], bool]:
    """The columns with places that tell apart what came in one block, and whether these are still those of the log.

    Where a column fell inside one block, its places say nothing: the clock says it, and else the k-th fall of one
    column is taken for the k-th of the others.
    """
    if all(column.exact or not falls_of(column).size for column in columns):
        return list(columns), True
    if all(column.time is not None and bool(np.all(np.diff(column.time) >= 0)) for column in columns):
        return [replace(column, place=column.time) for column in columns if column.time is not None], False
    placed = []
    for column in columns:
        fallen = np.zeros(column.size)
        fallen[falls_of(column)] = 1.0
        placed.append(replace(column, place=np.cumsum(fallen)))
    return placed, False


def find_cuts(columns: Sequence[Column], falls: Mapping[int, Int[np.ndarray, " k"]]) -> list[Cut]:
    """The places at which at least one column falls. A column whose points between two falls of another stand before
    the first of them fell there too: one place for all.
    """
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


def judge(
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
        if verdict == "restart" and _epochs_go_on(columns, begins, cut):
            verdict = "continue"
        verdicts.append(verdict)
        for at, column in enumerate(columns):
            if verdict in ("restart", "continue"):
                resets[at] = int(np.searchsorted(column.place, cut.place))
            if verdict == "restart":
                begins[at] = resets[at]
    return _agreed(verdicts, max((column.size for column in columns), default=0))


def _epochs_go_on(columns: Sequence[Column], begins: Mapping[int, int], cut: Cut) -> bool:
    """Whether a column that counts epochs was logged before the cut, and counts on after it."""
    for at, column in enumerate(columns):
        index = int(np.searchsorted(column.place, cut.place))
        if column.axis == "epoch" and begins[at] < index < column.size and column.step[index] > column.step[index - 1]:
            return True
    return False


_RANK: Mapping[Kind, int] = {
    Kind.LOSS: 0,
    Kind.LOSS_PART: 1,
    Kind.METRIC_DOWN: 2,
    Kind.REWARD: 2,
    Kind.METRIC_UP: 2,
    Kind.OTHER: 4,
    Kind.GRADIENT_NORM: 3,
}


def _agreed(verdicts: list[Verdict], points: int) -> list[Verdict]:
    """A counter that was reset again and again, and mostly seen to go on, went on each time; and so did one that counts
    to three at most, over and over: no one trains that many runs that short, but many call `fit` in a loop.
    """
    returns = [verdict for verdict in verdicts if verdict in ("restart", "continue")]
    mostly = len(returns) >= 3 and returns.count("continue") > 0.6 * len(returns)
    if mostly or (len(returns) >= MANY and points <= SHORT * (len(returns) + 1)):
        return ["continue" if verdict == "restart" else verdict for verdict in verdicts]
    return verdicts


def _verdict(column: Column, begin: int, reset: int, index: int, stop: int, *, stray: bool) -> Verdict:
    """What happened at point `index` of a column whose run began at `begin`, whose counter began at `reset`, and which
    falls next at `stop`.
    """
    position = position_of(column)
    before, after = position[reset:index], position[index:stop]
    low, high = float(before.min()), float(before.max())
    gaps = np.diff(np.unique(before[-10_000:]))  # enough to know the spacing
    spacing = float(np.median(gaps)) if gaps.size else max(abs(high), 1.0)
    if stray and before.size >= 3 and after[0] <= low:
        return "stray"
    if column.epoch is not None and column.epoch[index] > column.epoch[index - 1]:
        return "continue"  # whatever the counter did, the epochs went on
    if after[0] > low + max(1.5 * spacing, 0.02 * (high - low)):
        replaced = before[before >= after[0]]
        again = np.isin(after[after <= high], replaced).any()
        if again and 2 * after.size < replaced.size:
            return "restart"  # a short second try replaces nothing: it is a run of its own
        return "resume" if again or replaced.size > 2 else "disorder"
    return "continue" if _goes_on(column.value[begin:index], column.value[index:stop]) else "restart"


def _goes_on(before: Float[np.ndarray, " n"], after: Float[np.ndarray, " m"]) -> bool:
    """Whether the values go on where those before ended, rather than where the run began."""
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if before.size < 2 or not after.size:
        return False
    few = max(1, min(3, before.size // 4, after.size))
    start, end, new = (float(np.median(v)) for v in (before[:few], before[-few:], after[:few]))
    noise = float(np.median(np.abs(np.diff(before)))) if before.size > 4 else 0.0
    if abs(end - start) <= 3.0 * noise or end == start:
        return False
    return (new - start) / (end - start) > GOES_ON
