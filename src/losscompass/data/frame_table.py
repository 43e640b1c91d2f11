"""A polars frame, lazy or not, as a `Table`: what each column holds, and batches that never fill the memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..evidence.records import Skipped
from .errors import DataError
from .table import MISSING_WORDS, Column, Kind, Table, rows_a_batch

if TYPE_CHECKING:
    import polars as pl

LOOK = 20_000
"""Rows at the head by which a column of text is told from one of numbers."""

NUMBERS = 0.9
"""Share of the cells that say something, from which on a column read as text is one of numbers with strays in it."""

DATE = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"


def of_frame(
    frame: "pl.LazyFrame | pl.DataFrame",
    source: str,
    format: str,  # noqa: A002
    *,
    as_text: bool = False,
    skipped: tuple[Skipped, ...] = (),
    target: str | None = None,
    classes: tuple[str, ...] = (),
) -> Table:
    """The frame as a table. `as_text`: every cell was read as text (a CSV file), and what it holds is told by the cells.

    Raises `DataError` for a frame without columns or rows.
    """
    lazy = frame.lazy()
    schema = lazy.collect_schema()
    if not schema:
        raise DataError("empty", path=source)
    head = lazy.head(LOOK if len(schema) < 1000 else 500).collect()
    if head.height == 0:
        raise DataError("no-rows", path=source)
    columns = tuple(_column(name, head[name], as_text=as_text) for name in schema.names())
    size = rows_a_batch(len(schema))

    def batches() -> Iterator["pl.DataFrame"]:
        if not hasattr(frame, "collect_batches"):
            yield from frame.iter_slices(size)
            return
        yield from lazy.collect_batches(chunk_size=size, maintain_order=True)

    return Table(source, format, columns, batches, skipped, target, classes)


def _column(name: str, cells: "pl.Series", *, as_text: bool) -> Column:
    dtype = cells.dtype
    if dtype.is_numeric():
        return Column(name, "number")
    if dtype.is_temporal():
        return Column(name, "date")
    if str(dtype) == "Boolean":
        return Column(name, "boolean")
    if str(dtype) not in {"String", "Null"} and not str(dtype).startswith(("Categorical", "Enum")):
        return Column(name, "nested")
    if not as_text:
        return Column(name, "text")
    kind = _kind_of_text(cells)
    return Column(name, kind, from_text=kind == "number")


def _kind_of_text(cells: "pl.Series") -> Kind:
    """What a column of a text file holds, by its first cells."""
    said = said_cells(cells)
    if said.len() == 0:
        return "number"  # nothing in it: a column of missing numbers
    if as_numbers(said).is_not_null().mean() >= NUMBERS:  # type: ignore[operator]
        return "number"
    if said.str.to_lowercase().is_in(["true", "false"]).all():
        return "boolean"
    if said.str.contains(DATE).all():
        return "date"
    return "text"


def said_cells(cells: "pl.Series") -> "pl.Series":
    """The cells that say something, without blanks around them."""
    import polars as pl

    stripped = cells.cast(pl.String).str.strip_chars()
    return stripped.filter(stripped.is_not_null() & ~stripped.str.to_lowercase().is_in(list(MISSING_WORDS)))


def as_numbers(cells: "pl.Series") -> "pl.Series":
    """Text as numbers, null where it is none."""
    import polars as pl

    return cells.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
