"""A data set as the audit sees it: named columns, read in batches of rows, as often as needed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..evidence.records import Skipped

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["number", "boolean", "text", "date", "nested"]
"""What a column holds: numbers (also written as text), truth values, text, moments in time, or what no table cell should."""

MISSING_WORDS = ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "?", "-", "--", ".")
"""Cells of a text file that say "nothing here", in small letters."""

CELLS_A_BATCH = 2_000_000
"""A batch holds about so many cells (16 MB as floats), whatever the shape of the table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column and what it holds."""

    name: str
    kind: Kind
    from_text: bool = False  # its numbers are read from text, cell by cell


@dataclass(frozen=True, slots=True)
class Table:
    """`batches()` starts over at each call and yields frames of the columns as they are stored, rows in their order."""

    source: str
    format: str
    columns: tuple[Column, ...]
    batches: Callable[[], Iterator["pl.DataFrame"]]
    skipped: tuple[Skipped, ...] = ()
    target: str | None = None  # the column that the format itself names as the target
    classes: tuple[str, ...] = field(default=())  # names of class ids 0, 1 …, where the format gives them

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def kinds(self) -> dict[str, Kind]:
        """What each column holds, by name."""
        return {column.name: column.kind for column in self.columns}


def rows_a_batch(columns: int) -> int:
    """So many rows that a batch stays within `CELLS_A_BATCH`."""
    return max(64, min(200_000, CELLS_A_BATCH // max(1, columns)))
