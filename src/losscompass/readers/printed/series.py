"""The numbers of a log, kept as columns, and where each of them stands: at a step, at an epoch, or in a row."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from ...evidence.names import Kind
from ...evidence.records import Axis, ScalarBlock

MAX_RESTARTS = 10_000  # a position that falls more often than that is no order of runs
_MOSTLY = 0.9


class Moments:
    """Where training stood at each line that held values: NaN where the log does not say."""

    def __init__(self) -> None:
        self.epoch = array("d")
        self.step = array("d")
        self.total = array("d")  # what the step counts up to
        self.order = array("q")  # of the line in the log
        self.said = array("l")  # which wording of the line
        self.rounds_steps = False  # steps are printed with a few digits only: 1.23e+05

    def add(self, place: tuple[float, float, float], order: int, said: int) -> int:
        """One more moment, at (epoch, step, total); its number."""
        epoch, step, total = place
        self.epoch.append(epoch)
        self.step.append(step)
        self.total.append(total)
        self.order.append(order)
        self.said.append(said)
        return len(self.epoch) - 1

    def columns(self, index: Int[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Epoch, step and total at some moments."""
        epoch, step, total = (
            np.frombuffer(one, dtype=np.float64)[index] for one in (self.epoch, self.step, self.total)
        )
        return epoch, step, total

    def orders(self, index: Int[np.ndarray, " n"]) -> Int[np.ndarray, " n"]:
        """The lines of some moments."""
        return np.array(np.frombuffer(self.order, dtype=np.int64)[index])


@dataclass(slots=True)
class Points:
    """All values printed under one name, in one way: 16 bytes a value."""

    name: str
    phase: str
    kind: Kind
    level: str  # "step" or "epoch": counted by its own line; "none": by the lines above it; "bar": by a progress bar
    value: "array[float]" = field(default_factory=lambda: array("d"))
    moment: "array[int]" = field(default_factory=lambda: array("q"))
    last_of_epoch: bool = False  # running means: the last one of a pass counts

    def add(self, value: float, moment: int) -> None:
        """One more value."""
        self.value.append(value)
        self.moment.append(moment)

    def __len__(self) -> int:
        return len(self.value)

    @property
    def moments(self) -> Int[np.ndarray, " n"]:
        """The moment of every value."""
        return np.array(self.moment, dtype=np.int64)

    @property
    def raw(self) -> str:
        """The name for the records: with the phase that the log said elsewhere than in the name."""
        return f"{self.phase}/{self.name}" if self.phase else self.name


@dataclass(slots=True)
class Placed:
    """A series with its positions; arrays of shape (n,)."""

    raw: str
    kind: Kind
    axis: Axis
    step: Float[np.ndarray, " n"]
    value: Float[np.ndarray, " n"]
    epoch: Float[np.ndarray, " n"] | None
    order: Int[np.ndarray, " n"]

    def block(self, start: int, stop: int) -> ScalarBlock:
        """The values between two lines of the log."""
        part = slice(*np.searchsorted(self.order, (start, stop)))
        epoch = None if self.epoch is None else self.epoch[part]
        return ScalarBlock(self.raw, self.step[part], self.value[part], axis=self.axis, epoch=epoch)


def placed(points: Points, moments: Moments, keep: "np.ndarray | None" = None) -> Placed:
    """Say where every value of `points` stands."""
    value, index = np.array(points.value, dtype=np.float64), points.moments
    if keep is not None:
        value, index = value[keep], index[keep]
    epoch, step, total = moments.columns(index)
    order = moments.orders(index)
    epoch = _filled(epoch)
    if moments.rounds_steps:
        step = _spread(step)
    if points.last_of_epoch and value.size:
        last = _ends_of_passes(epoch, step)
        value, epoch, step, total, order = value[last], epoch[last], step[last], total[last], order[last]
    position, axis = _position(points.level, epoch, step, total)
    return Placed(points.raw, points.kind, axis, position, value, None if np.isnan(epoch).any() else epoch, order)


def _position(level: str, epoch: np.ndarray, step: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, Axis]:
    has_epoch = epoch.size > 0 and not np.isnan(epoch).any()
    step = _filled(step) if level in ("step", "bar") or not np.isnan(step).any() else np.full(step.size, np.nan)
    has_step = step.size > 0 and not np.isnan(step).any()
    once = (
        has_epoch
        and _repeats(epoch) <= max(epoch.size >= 5, epoch.size // 20)
        and (epoch.size == 1 or bool(np.any(np.diff(epoch) != 0)))
    )
    if level in ("epoch", "bar") and once:
        return epoch, "epoch"
    if has_step:
        within = has_epoch and starts_over(epoch, step)
        if once and (within or level == "none"):
            return epoch, "epoch"
        if within:
            length = _length(step, total)
            return (epoch - epoch.min()) * length + step, "step"
        if level == "step" or _repeats(step) <= max(step.size >= 5, step.size // 20):
            return step, "step"
    if once:
        return epoch, "epoch"
    return np.arange(epoch.size, dtype=np.float64), "row"


def starts_over(epoch: Float[np.ndarray, " n"], step: Float[np.ndarray, " n"]) -> bool:
    """Whether the step counts within an epoch: it does not go on when the epoch does."""
    if np.any(epoch != np.floor(epoch)):
        return False
    rises = np.diff(epoch) > 0
    return bool(rises.any()) and int(np.count_nonzero(rises & (np.diff(step) <= 0))) * 2 >= int(np.count_nonzero(rises))


def _length(step: np.ndarray, total: np.ndarray) -> float:
    """Steps in an epoch: as printed, or as far as they were counted."""
    counted = float(step.max()) + (1.0 if float(step.min()) == 0.0 else 0.0)
    known = total[np.isfinite(total)]
    return max(counted - 1.0, float(np.median(known))) if known.size else counted


def _spread(step: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Steps that were rounded until neighbours look the same, evenly between those that differ."""
    if step.size < 3 or np.isnan(step).any():
        return step
    spread = step.copy()
    edges = [0, *(np.flatnonzero(np.diff(step) < 0) + 1), step.size]
    for start, stop in pairwise(edges):
        part = step[start:stop]
        first = np.flatnonzero(np.append(True, np.diff(part) > 0))
        if first.size < 2:
            continue
        known, place = part[first], first.astype(np.float64)
        after = known[-1] + (known[-1] - known[-2]) / (place[-1] - place[-2]) * (part.size - place[-1])
        spread[start:stop] = np.interp(np.arange(part.size), np.append(place, part.size), np.append(known, after))
    return spread


def _repeats(position: np.ndarray) -> int:
    return int(np.count_nonzero(np.diff(position) == 0))


def _filled(column: np.ndarray) -> np.ndarray:
    """Positions not known are those of the line before; before the first one known, that one. Mostly unknown: unknown."""
    known = np.isfinite(column)
    if not column.size or known.all():
        return column
    if known.mean() < 0.5:
        return np.full(column.size, np.nan)
    index = np.maximum.accumulate(np.where(known, np.arange(column.size), -1))
    return np.asarray(column[np.where(index < 0, int(np.argmax(known)), index)])


def _ends_of_passes(epoch: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The last value of every pass over a data set."""
    falls = np.diff(step) <= 0
    moves = np.diff(epoch) != 0
    return np.append(falls | (moves & np.isfinite(np.diff(epoch))), True)


def restarts(series: Sequence[Placed]) -> list[int]:
    """The lines at which the longest series begins anew."""
    if not series:
        return []
    main = max(series, key=lambda one: (one.axis != "row", one.step.size))
    falls = np.flatnonzero(np.diff(main.step) < 0) + 1
    return [] if falls.size > MAX_RESTARTS else [int(main.order[at]) for at in falls]


def blocks(series: Sequence[Placed]) -> Iterator[ScalarBlock]:
    """The records of all series in the order of the log: what stands before a restart comes before what follows it."""
    edges = [0, *restarts(series), np.iinfo(np.int64).max]
    for start, stop in pairwise(edges):
        for one in series:
            block = one.block(start, stop)
            if block.value.size:
                yield block
