"""One series of a run that may never end, in bounded memory: a part for the eye, which keeps every extreme, and a part for
the rules, which keeps an even share of the points (means or extremes would change what noise is).
"""

from array import array
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from ..evidence.records import Axis, Scalar, ScalarBlock
from ..signal.thin import minmax_index

DRAWN = 6_000
"""Points kept for drawing; they are thinned to half of it when they are more."""

STUDIED = 60_000
"""Points kept for the rules; every other one goes when they are more. The engine reads that many in a tenth of a second."""

BROKEN = 1_000
"""Points that are no number that are kept for the rules, although their turn had not come."""

COLUMNS = 4  # step, value, epoch, time


@dataclass(slots=True)
class Points:
    """Rows of (step, value, epoch, time), NaN where not known, in a growing block."""

    rows: "array[float]" = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.rows) // COLUMNS

    def table(self) -> Float[np.ndarray, "n 4"]:
        """A copy of the rows, which later rows do not change."""
        return np.array(self.rows, dtype=np.float64).reshape(-1, COLUMNS)

    def put(self, table: Float[np.ndarray, "n 4"]) -> None:
        """These rows instead of all others."""
        self.rows = array("d", np.ascontiguousarray(table).tobytes())


@dataclass(slots=True)
class Kept:
    """What is kept of one series. `count` is how many points there were in all."""

    name: str
    axis: Axis
    rank: int
    count: int = 0
    drawn: Points = field(default_factory=Points)
    studied: Points = field(default_factory=Points)
    stride: int = 1  # one point in so many goes to the rules
    places: "array[int]" = field(default_factory=lambda: array("q"))  # of those, in the whole series
    broken: int = 0

    def add(self, rows: Float[np.ndarray, "n 4"]) -> None:
        """Take further points, in the order of the log."""
        for start in range(0, len(rows), DRAWN):  # however many come at once, no more than this are held
            self._add(rows[start : start + DRAWN])

    def _add(self, rows: Float[np.ndarray, "n 4"]) -> None:
        places = np.arange(self.count, self.count + len(rows))
        turn = places % self.stride == 0
        unread = ~np.isfinite(rows[:, 1]) & ~turn
        if self.broken < BROKEN and unread.any():
            turn[np.flatnonzero(unread)[: BROKEN - self.broken]] = True
            self.broken += int(unread.sum())
        self.count += len(rows)
        self.drawn.rows.frombytes(np.ascontiguousarray(rows).tobytes())
        self.studied.rows.frombytes(np.ascontiguousarray(rows[turn]).tobytes())
        self.places.frombytes(places[turn].astype(np.int64).tobytes())
        if len(self.drawn) > DRAWN:
            table = self.drawn.table()
            self.drawn.put(table[minmax_index(table[:, 1], DRAWN // 2)])
        if len(self.studied) > STUDIED:
            self._halve()

    def _halve(self) -> None:
        self.stride *= 2
        table, places = self.studied.table(), np.array(self.places, dtype=np.int64)
        unread = ~np.isfinite(table[:, 1])
        keep = (places % self.stride == 0) | (unread & (np.cumsum(unread) <= BROKEN))
        self.studied.put(table[keep])
        self.places = array("q", places[keep].tobytes())

    def block(self, points: Points) -> ScalarBlock:
        """The points as a record."""
        step, value, epoch, time = points.table().T
        return ScalarBlock(
            self.name,
            np.ascontiguousarray(step),
            np.ascontiguousarray(value),
            axis=self.axis,
            epoch=None if np.isnan(epoch).all() else np.ascontiguousarray(epoch),
            time=None if np.isnan(time).all() else np.ascontiguousarray(time),
            rank=self.rank,
        )


def rows_of(record: Scalar | ScalarBlock) -> Float[np.ndarray, "n 4"]:
    """A record's points as rows."""
    if isinstance(record, Scalar):
        known = [np.nan if x is None else x for x in (record.epoch, record.time)]
        return np.array([[record.step, record.value, *known]], dtype=np.float64)
    empty = np.full(len(record.value), np.nan)
    columns = (
        record.step,
        record.value,
        empty if record.epoch is None else record.epoch,
        empty if record.time is None else record.time,
    )
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
