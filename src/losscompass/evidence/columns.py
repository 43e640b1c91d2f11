"""The points of one raw name, whole: shape (n,) arrays in the order of the log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from .chunks import Chunk, Grown, Part
from .names import Role
from .records import Axis, Skipped
from .run import Series

FARTHEST = 2.0**60  # a position beyond is none: no run takes so many steps, and sums of such numbers overflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One series before it has its place in a run. `place`: where each point stands in the log, among all columns."""

    raw: str
    rank: int
    axis: Axis
    step: Float[np.ndarray, " n"]
    value: Float[np.ndarray, " n"]
    epoch: Float[np.ndarray, " n"] | None
    time: Float[np.ndarray, " n"] | None
    place: Float[np.ndarray, " n"]
    exact: bool  # `place` tells points of other columns apart: the column did not come in one block

    @property
    def size(self) -> int:
        return int(self.step.size)

    def take(self, index: Bool[np.ndarray, " n"] | Int[np.ndarray, " m"] | slice) -> "Column":
        """The points that a mask, positions or a slice select."""
        return replace(
            self,
            step=self.step[index],
            value=self.value[index],
            epoch=None if self.epoch is None else self.epoch[index],
            time=None if self.time is None else self.time[index],
            place=self.place[index],
        )

    def series(self, name: str, role: Role) -> Series:
        """The column as a series of a run, its arrays read-only."""
        return Series(
            name=name,
            raw=self.raw,
            role=role,
            axis=self.axis,
            step=_frozen(self.step),
            value=_frozen(self.value),
            epoch=None if self.epoch is None else _frozen(self.epoch),
            time=None if self.time is None else _frozen(self.time),
        )


def columns_of(chunk: Chunk) -> tuple[list[Column], list[Skipped]]:
    """The columns of a chunk, one a raw name (and axis): where several ranks logged it, the lowest rank's.

    The other ranks saw other data of the same training; a mean over ranks that log at different steps would draw a
    curve that none of them had. Points without a position (NaN, infinite) have no place on a curve.
    """
    skipped: list[Skipped] = []
    lowest: dict[tuple[str, str], int] = {}
    for raw, rank, axis in chunk.parts:
        lowest[raw, axis] = min(rank, lowest.get((raw, axis), rank))
    columns: list[Column] = []
    for (raw, rank, axis), parts in chunk.parts.items():
        column = _joined(raw, rank, axis, parts)  # type: ignore[arg-type]
        if rank != lowest[raw, axis]:
            skipped.append(Skipped("other-rank", column.size, raw))
            continue
        placed = np.abs(column.step) < FARTHEST  # False for NaN
        if not placed.all():
            skipped.append(Skipped("no-position", int(column.size - placed.sum()), raw))
            column = column.take(placed)
        if column.epoch is not None and not (np.abs(column.epoch) < FARTHEST).all():
            known = np.where(np.abs(column.epoch) < FARTHEST, column.epoch, np.nan)
            column = replace(column, epoch=None if np.isnan(known).all() else known)
        if column.size:
            columns.append(column)
    return columns, skipped


def _joined(raw: str, rank: int, axis: Axis, parts: Sequence[Part | Grown]) -> Column:
    whole = [_arrays(part) for part in parts]
    columns = [np.concatenate(field) if len(field) > 1 else field[0] for field in zip(*whole, strict=True)]
    step, value, epoch, time, place = columns
    exact = len(parts) > 1 or isinstance(parts[0], Grown) or step.size <= 1
    return Column(
        raw=raw,
        rank=rank,
        axis=axis,
        step=step,
        value=value,
        epoch=_known(epoch),
        time=_known(time),
        place=place,
        exact=exact,
    )


def _arrays(part: Part | Grown) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    if isinstance(part, Grown):
        return tuple(
            np.array(one, dtype=np.float64) for one in (part.step, part.value, part.epoch, part.time, part.place)
        )  # type: ignore[return-value]
    size = len(part.value)
    unknown = np.broadcast_to(np.nan, size)
    return (
        np.asarray(part.step, dtype=np.float64),
        np.asarray(part.value, dtype=np.float64),
        unknown if part.epoch is None else np.asarray(part.epoch, dtype=np.float64),
        unknown if part.time is None else np.asarray(part.time, dtype=np.float64),
        np.broadcast_to(part.place, size),
    )


def _known(column: np.ndarray) -> np.ndarray | None:
    if column.size and column.strides == (0,):
        return None
    return None if bool(np.isnan(column).all()) else column


def _frozen(array: np.ndarray) -> np.ndarray:
    array = np.ascontiguousarray(array, dtype=np.float64)
    if array.flags.writeable:
        array = array.view()
        array.setflags(write=False)
    return array
