"""A table, as columns or as rows, to records: where each row stands, and which of its cells are values.

Every reader of a tabular format ends here, so that all of them agree on positions, sparse rows and NaN.
"""

import math
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float

from ..evidence.records import Axis, Event, Fact, Record, ScalarBlock, Skipped
from .flatten import flatten
from .nulls import nan_of_nulls
from .padding import is_padding
from .phases import has_phase, phase_of_rows, with_phase
from .positions import Positions, find_positions, position_key, seconds
from .tidy import is_tidy, tidied

MAX_COLUMNS = 10_000  # beyond it, names are data (ids of samples), not series
_MAX_SEGMENTS = 10_000  # a position that falls more often than that is no order of runs
_KEPT_TEXTS = 100_000  # cells of a column of ever new words (times, ids) that are kept
_FEW_WORDS = 256
_MAX_FACTS = 64


def records_from_columns(
    columns: Mapping[str, Float[np.ndarray, " n"]],
    *,
    absent: Mapping[str, Bool[np.ndarray, " n"]] | None = None,
    texts: Mapping[str, Sequence[str | None]] | None = None,
    rank: int = 0,
) -> Iterator[Record]:
    """Yield the records of a table of `n` rows in the order of the log.

    `columns`: float arrays of one length. `absent`: where it is known that a cell was not logged (an empty cell, a
    missing key); NaN in a column without such a mask is told apart from logged NaN by its pattern (`padding`).
    `texts`: columns that are not numbers; one that names the phase (`mode`: train/val) is used, a constant one is a
    fact, the others are counted as skipped.
    """
    texts = texts or {}
    absent = dict(absent or {})
    rows = len(next(iter(columns.values()), next(iter(texts.values()), ())))
    if is_tidy(columns, texts):
        yield from _from_tidy(columns, absent, texts, rank)
        return
    yield from _facts(texts)
    if not rows or not columns:
        return
    positions = find_positions(columns)
    phases = phase_of_rows(texts)
    values = [name for name in columns if name not in positions.all]
    masks = {name: absent.get(name) for name in values}
    guessed = is_padding({name: columns[name] for name in values if masks[name] is None})
    present = {name: ~(guessed[name] if (mask := masks[name]) is None else mask) for name in values}
    step, axis, epoch = _place(columns, positions, [present[name] for name in values], phases)
    time = None if positions.time is None else seconds(columns[positions.time])
    for start, stop in _segments(step):
        part = slice(start, stop)
        for name in values:
            for spelled, rows_of_name in with_phase(name, phases if has_phase(name) else None, present[name], part):
                index = part if rows_of_name.all() else np.flatnonzero(rows_of_name) + start
                if rows_of_name.any():
                    yield ScalarBlock(
                        spelled,
                        step[index],
                        np.asarray(columns[name][index], dtype=np.float64),
                        axis=axis,
                        epoch=None if epoch is None else epoch[index],
                        time=None if time is None else time[index],
                        rank=rank,
                    )
    empty = [name for name in values if not present[name].any()]
    if empty:
        yield Skipped("empty-column", len(empty), empty[0])


def _from_tidy(
    columns: Mapping[str, np.ndarray],
    absent: Mapping[str, np.ndarray],
    texts: Mapping[str, Sequence[str | None]],
    rank: int,
) -> Iterator[Record]:
    """A table in the long form, one name after the other."""
    for rows, value, name in tidied(columns, texts):
        part = {(name if column == value else column): cells[rows] for column, cells in columns.items()}
        holes = {(name if column == value else column): mask[rows] for column, mask in absent.items()}
        yield from records_from_columns(part, absent=holes, rank=rank)


def records_from_rows(rows: Iterable[Mapping[str, object]], *, rank: int = 0) -> Iterator[Record]:
    """Yield the records of a log that is a list of dicts: nested ones are flattened, a missing key is not logged."""
    table = _Columns()
    for row in rows:
        table.add(row)
    yield from table.records(rank)


class _Columns:
    """Rows of any shape, kept as columns: 16 bytes a number, however many rows there are."""

    def __init__(self) -> None:
        self._rows = 0
        self._numbers: dict[str, tuple[array[int], array[float]]] = {}
        self._texts: dict[str, dict[int, str]] = {}
        self._wordy: dict[str, bool] = {}
        self._nulls: dict[str, array[int]] = {}  # the rows that hold null under a name
        self._ignored: dict[str, list[int | str]] = {}

    def add(self, row: Mapping[str, object]) -> None:
        """One row. Plain numbers under known names, which are nearly all, take the short way."""
        for name, value in row.items():
            known = self._numbers.get(name)
            if known is not None and (type(value) is float or type(value) is int):
                try:
                    known[1].append(value)
                except OverflowError:
                    known[1].append(math.inf if value > 0 else -math.inf)
                known[0].append(self._rows)
            else:
                for spelled, part in flatten({name: value}):
                    self._add(spelled, part)
        self._rows += 1

    def _add(self, name: str, value: object) -> None:
        number = _number(value)
        if number is None and isinstance(value, str) and position_key(name) in _CLOCKS:
            number = _moment(value)
        if number is not None:
            known = self._numbers.get(name)
            if known is None:
                if len(self._numbers) >= MAX_COLUMNS:
                    self._ignore("too-many-columns", name)
                    return
                known = self._numbers[name] = (array("q"), array("d"))
            known[0].append(self._rows)
            known[1].append(number)
        elif isinstance(value, str):
            if len(self._texts) < MAX_COLUMNS:
                self._add_text(name, value[:200])
        elif value is not None:
            self._ignore("not-a-number", name)
        elif name in self._nulls or len(self._nulls) < MAX_COLUMNS:
            self._nulls.setdefault(name, array("q")).append(self._rows)

    def _add_text(self, name: str, value: str) -> None:
        cells = self._texts.setdefault(name, {})
        if len(cells) == _KEPT_TEXTS and name not in self._wordy:
            self._wordy[name] = len(set(cells.values())) > _FEW_WORDS
        if self._wordy.get(name, False):
            self._ignore("text-column", name)
        else:
            cells[self._rows] = sys.intern(value)

    def _ignore(self, reason: str, name: str) -> None:
        entry = self._ignored.setdefault(reason, [0, name])
        entry[0] = int(entry[0]) + 1

    def records(self, rank: int) -> Iterator[Record]:
        columns: dict[str, np.ndarray] = {}
        absent: dict[str, np.ndarray] = {}
        for name, (rows, values) in self._numbers.items():
            column = np.full(self._rows, np.nan)
            missing = np.ones(self._rows, dtype=bool)
            index = np.frombuffer(rows, dtype=np.int64)
            column[index] = np.frombuffer(values, dtype=np.float64)
            missing[index] = False
            columns[name], absent[name] = column, missing
        yield from self._nan_for_null(absent)
        texts = {
            name: [cells.get(row) for row in range(self._rows)]
            for name, cells in self._texts.items()
            if name not in columns
        }
        for name, cells in self._texts.items():
            if name in columns:
                yield Skipped("not-a-number", len(cells), name)
        yield from records_from_columns(columns, absent=absent, texts=texts, rank=rank)
        for reason, (count, where) in self._ignored.items():
            yield Skipped(reason, int(count), str(where))

    def _nan_for_null(self, absent: dict[str, Bool[np.ndarray, " n"]]) -> Iterator[Record]:
        """Nulls that stand for NaN are there: they are taken out of the masks, and counted."""
        count, first = 0, ""
        for name, rows in self._nulls.items():
            if name not in absent:
                continue
            null = np.zeros(self._rows, dtype=bool)
            null[np.frombuffer(rows, dtype=np.int64)] = True
            nan = nan_of_nulls(null & absent[name], ~absent[name])
            # Rows that have a number of their own, as those of a last evaluation, are rows of another kind.
            if nan.any() and not any((own := ~gaps).any() and not (own & ~nan).any() for gaps in absent.values()):
                absent[name] = absent[name] & ~nan
                count, first = count + int(np.count_nonzero(nan)), first or name
        if count:
            yield Skipped("null-read-as-nan", count, first)


_CLOCKS = frozenset(
    ("timestamp", "walltime", "time", "datetime", "date", "createdat", "loggedat", "ts", "日時", "時刻", "时间")
)


def _moment(text: str) -> float | None:
    """An ISO date as seconds since 1970."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip()
        if text[-1:] == "%":
            text = text[:-1]
        if "_" in text:
            return None
        try:
            return float(text)
        except ValueError:
            return None
    return None


def _facts(texts: Mapping[str, Sequence[str | None]]) -> Iterator[Record]:
    facts = 0
    for name, cells in texts.items():
        kinds = {cell for cell in cells if cell}
        if phase_of_rows({name: cells}) is not None:
            continue
        if len(kinds) == 1 and facts < _MAX_FACTS:
            facts += 1
            yield Fact(name, next(iter(kinds)))
        elif kinds:
            yield Skipped("text-column", sum(1 for cell in cells if cell), name)


def _place(
    columns: Mapping[str, np.ndarray],
    positions: Positions,
    present: Sequence[Bool[np.ndarray, " n"]],
    phases: Sequence[str | None] | None,
) -> tuple[Float[np.ndarray, " n"], Axis, Float[np.ndarray, " n"] | None]:
    """The step of every row, what it counts, and the epoch of every row if it is known beside the step."""
    rows = len(next(iter(columns.values())))
    epoch = None if positions.epoch is None else _filled(columns[positions.epoch])
    if positions.step is not None:
        step = _filled(columns[positions.step])
        return (step, "step", None) if epoch is None else (_unwrapped(step, epoch, phases), "step", epoch)
    if epoch is not None:
        # One row an epoch for every series: the epoch is the position. Several: the rows are, and the epoch is kept.
        kinds = (
            [np.array(phases, dtype=object) == kind for kind in set(phases)] if phases is not None else [slice(None)]
        )
        often = sum(_repeats(epoch[kind][mask[kind]]) for mask in present for kind in kinds)
        if often * 20 <= sum(int(mask.sum()) for mask in present):
            return epoch, "epoch", epoch
        return np.arange(rows, dtype=np.float64), "row", epoch
    if positions.index is not None:
        return columns[positions.index], "row", None
    return np.arange(rows, dtype=np.float64), "row", None


def _repeats(position: np.ndarray) -> int:
    return int(np.count_nonzero(np.diff(position) == 0))


def _filled(column: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """A row without its position stands where the row before it stands (the first ones: where the next one does)."""
    known = np.isfinite(column)
    if known.all():
        return column
    index = np.where(known, np.arange(column.size), -1)
    index = np.maximum.accumulate(index)
    first = int(np.argmax(known))
    return np.asarray(column[np.where(index < 0, first, index)])


def _unwrapped(
    step: Float[np.ndarray, " n"], epoch: Float[np.ndarray, " n"], phases: Sequence[str | None] | None
) -> Float[np.ndarray, " n"]:
    """A counter that starts again in every epoch, counted on; any other step as it is."""
    train = np.ones(step.size, dtype=bool)
    if phases is not None:
        train = np.array([phase in (None, "train") for phase in phases])
    if train.sum() < 3 or np.any(epoch != np.floor(epoch)):
        return step
    s, e = step[train], epoch[train]
    falls = np.diff(s) < 0
    rises = np.diff(e) > 0
    # Every new epoch starts the counter again (one row an epoch can also stay where it is), and nothing else does.
    if (
        not falls.any()
        or np.count_nonzero(rises & ~falls & (np.diff(s) > 0)) > 0
        or np.count_nonzero(falls & ~rises & (np.diff(e) == 0))
    ):
        return step
    length = float(s.max()) + (1.0 if float(s.min()) == 0.0 else 0.0)
    first = float(epoch.min())
    unwrapped = (epoch - first) * length + step
    unwrapped[~train] = (
        epoch[~train] - first + 1.0
    ) * length  # a validation row counts its own batches: it closes the epoch
    return np.asarray(unwrapped)


def _segments(step: Float[np.ndarray, " n"]) -> Iterator[tuple[int, int]]:
    """Row ranges in which the position does not fall: the records come in the order of the log, and `build` decides
    whether a fall is another run or the same one resumed.
    """
    falls = np.flatnonzero(np.diff(step) < 0) + 1
    if falls.size > _MAX_SEGMENTS:
        falls = falls[:0]
    edges = [0, *(int(at) for at in falls), step.size]
    yield from pairwise(edges)


def run_start(name: str) -> Event:
    """The record that begins another run in the same log."""
    return Event("run-start", data={"name": name})
