"""The rows of a text table as columns of numbers, with everything that goes wrong in real files."""

from array import array
from collections.abc import Iterator
from pathlib import Path
import sys

import numpy as np

from ..evidence.records import Event, Record, Skipped
from .cell import ABSENT, is_absent, number_in
from .dialect import Dialect, is_conflict_marker, is_noise
from .encoding import text_lines
from .table import records_from_columns


class _Counts:
    """What could not be used, counted by reason, with the first place."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}

    def add(self, reason: str, where: str, count: int = 1) -> None:
        before, first = self._seen.get(reason, (0, where))
        self._seen[reason] = (before + count, first)

    def records(self) -> Iterator[Skipped]:
        for reason, (count, where) in self._seen.items():
            yield Skipped(reason, count, where)


class _Part:
    """The rows between two headers: one run."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.numbers = [array("d") if numeric else None for numeric in dialect.numeric]
        self.texts: list[list[str] | None] = [None if numeric else [] for numeric in dialect.numeric]
        self.rows = 0

    def add(self, cells: list[str], counts: _Counts, where: str) -> None:
        for index, numeric in enumerate(self.dialect.numeric):
            cell = cells[index] if index < len(cells) else ""
            if numeric:
                number = number_in(cell, comma=self.dialect.commas[index])
                if number is None:
                    counts.add("not-a-number", where)
                    number = ABSENT
                self.numbers[index].append(number)
            else:
                self.texts[index].append(sys.intern(cell.strip().strip("\"'")[:200]))
        self.rows += 1

    def records(self) -> Iterator[Record]:
        columns, absent, texts = {}, {}, {}
        spelled = False
        for index, name in enumerate(self.dialect.names):
            if self.dialect.numeric[index]:
                column = np.frombuffer(self.numbers[index], dtype=np.float64)
                columns[name], absent[name] = column, is_absent(column)
                spelled = spelled or bool(absent[name].any())
            else:
                texts[name] = self.texts[index]
        # A file that leaves cells empty means NaN where it writes NaN; one that fills every cell may mean either.
        yield from records_from_columns(columns, absent=absent if spelled else None, texts=texts)


def read_table(path: Path, dialect: Dialect) -> Iterator[Record]:
    """Yield the records of the table in `path`, part by part, and what of it could not be used."""
    counts = _Counts()
    part = _Part(dialect)
    parts = 1
    waiting = dialect.has_header
    theirs = False
    for number, (line, terminated) in enumerate(text_lines(path), 1):
        where = f"line {number}"
        if is_conflict_marker(line):
            counts.add("merge-conflict", where)
            theirs = line.startswith(("=======", "|||||||")) or (theirs and not line.startswith(">>>>>>>"))
            continue
        if theirs or is_noise(line):
            continue
        cells = dialect.cells(line)
        if dialect.header and _is_header_again(cells, dialect):
            if waiting:
                waiting = False
            elif part.rows:
                yield from part.records()
                yield Event("run-start", data={"name": str(parts + 1)})
                part, parts = _Part(dialect), parts + 1
            continue
        if not terminated and not _is_whole(cells, dialect, part):
            counts.add("cut-off-last-row", where)
            continue
        if len(cells) != len(dialect.names) and not _fits(cells, dialect):
            counts.add("ragged-row", where)
            continue
        part.add(cells, counts, where)
    yield from part.records()
    yield from counts.records()


def _is_header_again(cells: list[str], dialect: Dialect) -> bool:
    return len(cells) == len(dialect.header) and tuple(cell.strip() for cell in cells) == dialect.header


def _fits(cells: list[str], dialect: Dialect) -> bool:
    """A row with too few cells lacks the last ones; one with too many is usable if the surplus is empty."""
    if len(cells) < len(dialect.names):
        return len(cells) > 1
    return not any(cell.strip() for cell in cells[len(dialect.names) :])


def _is_whole(cells: list[str], dialect: Dialect, part: _Part) -> bool:
    """Whether the last row, whose line does not end, can be trusted: its last number may have lost digits."""
    if len(cells) != len(dialect.names):
        return False
    return len(cells[-1].strip().lstrip("+-0.").replace(".", "")) >= 15
