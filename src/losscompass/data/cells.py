"""A batch of a table as numbers and texts: what every pass over the data works on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from .table import MISSING_WORDS, Table

if TYPE_CHECKING:
    import polars as pl

NUMERIC = frozenset(("number", "boolean", "date"))


@dataclass(frozen=True, slots=True)
class Cells:
    """`numbers`: shape (rows, numeric columns), NaN where a cell says nothing; `texts`: the text columns; `strays`: how many
    cells of each numeric column say something that is no number, shape (numeric columns,).
    """

    numbers: Float[np.ndarray, "rows columns"]
    texts: "pl.DataFrame"
    strays: Int[np.ndarray, " columns"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns to take, told apart once."""

    numeric: tuple[str, ...]
    text: tuple[str, ...]

    @classmethod
    def of(cls, table: Table, names: Sequence[str]) -> "Layout":
        """By what each column holds; nested ones are left out."""
        kinds = {column.name: column.kind for column in table.columns}
        return cls(
            tuple(name for name in names if kinds[name] in NUMERIC),
            tuple(name for name in names if kinds[name] == "text"),
        )


def places(names: Sequence[str]) -> dict[str, int]:
    """Where each name stands."""
    return {name: place for place, name in enumerate(names)}


def read_cells(batch: "pl.DataFrame", table: Table, layout: Layout) -> Cells:
    """The batch's cells, each column as what the table says it is."""
    import polars as pl

    columns = {column.name: column for column in table.columns}
    read, strays, schema = [], {}, batch.schema
    for name in layout.numeric:
        column, dtype = columns[name], schema[name]
        cell = pl.col(name)
        if column.kind == "date":
            cell = cell.str.to_datetime(strict=False, time_unit="us") if dtype == pl.String else cell
            cell = (
                cell.cast(pl.Float64)
                if dtype == pl.Time
                else cell.cast(pl.Datetime("us")).dt.epoch("s")
                if dtype != pl.Duration
                else cell.dt.total_seconds()
            )
        elif dtype == pl.String:
            stripped = cell.str.strip_chars()
            if column.kind == "boolean":
                lower = stripped.str.to_lowercase()
                cell = pl.when(lower == "true").then(1.0).when(lower == "false").then(0.0)
            else:
                cell = stripped.cast(pl.Float64, strict=False)
                said = stripped.is_not_null() & ~stripped.str.to_lowercase().is_in(list(MISSING_WORDS))
                strays[name] = (said & cell.is_null()).sum().alias(name)
        read.append(cell.cast(pl.Float64, strict=False).alias(name))
    numbers = batch.select(read).to_numpy() if read else np.empty((batch.height, 0))
    counted = batch.select(list(strays.values())).row(0, named=True) if strays else {}
    texts = batch.select(_said(pl.col(name)) for name in layout.text) if layout.text else pl.DataFrame()
    return Cells(
        np.asarray(numbers, dtype=np.float64),
        texts,
        np.array([counted.get(name, 0) for name in layout.numeric], dtype=np.int64),
    )


def labels_of(batch: "pl.DataFrame", table: Table, target: str) -> np.ndarray:
    """The target of each row, shape (rows,): floats where the column holds numbers (NaN: none), else text (None: none)."""
    import polars as pl

    layout = Layout.of(table, (target,))
    if layout.numeric:
        return read_cells(batch, table, layout).numbers[:, 0]
    return batch.select(_said(pl.col(target).cast(pl.String))).to_series().to_numpy(allow_copy=True).astype(object)


def _said(cell: "pl.Expr") -> "pl.Expr":
    """Text without blanks around it, null where it says nothing."""
    import polars as pl

    stripped = cell.cast(pl.String).str.strip_chars()
    return (
        pl.when(stripped.str.to_lowercase().is_in(list(MISSING_WORDS)))
        .then(None)
        .otherwise(stripped)
        .alias(cell.meta.output_name())
    )
