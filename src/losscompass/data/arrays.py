"""Arrays, scikit-learn bunches and torch data sets, told by what they can do, as tables."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import DataError
from .frame_table import of_frame
from .table import Column, Table, rows_a_batch
from .text_files import unique_names

if TYPE_CHECKING:
    import polars as pl

TARGET = "target"
"""What the target is called where nobody named it."""

MOST_SAMPLES = 200_000
"""Samples of a torch data set that are looked at: each is fetched by the user's own code."""


def of_arrays(x: Any, y: Any, source: str, format: str, names: Iterable[str] | None = None) -> Table:  # noqa: A002
    """X, of shape (rows, …), flattened to columns, and y of shape (rows,) or (rows, 1). Frames keep their columns.

    Raises `DataError` for what is no table: no rows, rows that do not match, objects that are neither numbers nor text.
    """
    if (frame := _as_frame(x)) is not None:
        return _with_target(frame, y, source, format)
    values = _as_array(x, source)
    if values.dtype.names:
        fields = {str(name): values[name] for name in values.dtype.names}
        import polars as pl

        return _with_target(pl.DataFrame(fields), y, source, format)
    if values.size == 0 or values.ndim == 0:
        raise DataError("no-rows", path=source)
    matrix = values.reshape(len(values), -1)
    listed = list(names) if names is not None else []
    columns = unique_names([str(name) for name in listed]) if len(listed) == matrix.shape[1] else None
    columns = columns or [f"x{place}" for place in range(matrix.shape[1])]
    labels = None if y is None else _target(y, len(matrix), source)
    name = _free(TARGET, columns)
    if matrix.dtype.kind not in "biuf":
        import polars as pl

        texts = {
            column: [None if cell is None else str(cell) for cell in matrix[:, place]]
            for place, column in enumerate(columns)
        }
        return _with_target(pl.DataFrame(texts), labels, source, format, as_text=True)
    batches = _batches(matrix, labels, columns, name)
    kinds = "boolean" if matrix.dtype.kind == "b" else "number"
    found = [Column(column, kinds) for column in columns]  # type: ignore[arg-type]
    if labels is not None:
        found.append(Column(name, "number" if labels.dtype.kind in "biuf" else "text"))
    return Table(source, format, tuple(found), batches, target=None if labels is None else name)


def of_bunch(bunch: Any, source: str) -> Table:
    """A scikit-learn bunch: its data, its target, its names."""
    target = bunch.get("target")
    names = bunch.get("feature_names")
    table = of_arrays(bunch["data"], target, source, "bunch", names=names)
    classes = tuple(map(str, bunch["target_names"])) if bunch.get("target_names") is not None else ()
    if target is not None and np.ndim(target) == 1 and classes and np.asarray(target).dtype.kind in "iu":
        return Table(table.source, table.format, table.columns, table.batches, target=table.target, classes=classes)
    return table


def of_dataset(dataset: Any, source: str) -> Table:
    """A torch Dataset or DataLoader, or whatever gives samples or batches (x, y): the first `MOST_SAMPLES` samples."""
    inputs: list[np.ndarray] = []
    targets: list[np.ndarray] = []
    seen = 0
    for x, y in _pieces(dataset, source):
        inputs.append(x)
        if y is not None:
            targets.append(y)
        seen += len(x)
        if seen >= MOST_SAMPLES:
            break
    if not inputs:
        raise DataError("no-rows", path=source)
    if len({piece.shape[1:] for piece in inputs}) > 1:
        raise DataError("shapes-differ", path=source)
    x = np.concatenate(inputs)
    y = np.concatenate(targets) if len(targets) == len(inputs) else None
    return of_arrays(x, y, source, "torch")


def is_dataset(x: Any) -> bool:
    """Whether it gives samples: not an array, but with a length and items, or an iterable of batches."""
    if hasattr(x, "dtype") or hasattr(x, "columns") or isinstance(x, str | bytes | list | tuple | dict):
        return False
    return hasattr(x, "__getitem__") or hasattr(x, "__iter__")


def _pieces(dataset: Any, source: str) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """(inputs, targets) with the samples along the first axis."""
    batched = not hasattr(dataset, "__getitem__")
    if batched:
        items: Iterable[Any] = dataset
    else:
        length = len(dataset) if hasattr(dataset, "__len__") else MOST_SAMPLES
        chosen = np.unique(np.linspace(0, length - 1, min(length, MOST_SAMPLES)).astype(np.int64)) if length else ()
        items = (dataset[int(place)] for place in chosen)
    for item in items:
        x, y = (item[0], item[1]) if isinstance(item, list | tuple) and len(item) >= 2 else (item, None)
        if isinstance(item, dict):
            x, y = _of_dict(item, source)
        values = _as_array(x, source)
        labels = None if y is None else _as_array(y, source)
        if not batched:
            values, labels = values[None], None if labels is None else labels[None]
        yield values, labels


def _of_dict(item: dict[str, Any], source: str) -> tuple[Any, Any]:
    y = next((item[name] for name in ("labels", "label", "target", "y") if name in item), None)
    x = next(
        (item[name] for name in ("pixel_values", "image", "x", "inputs", "input", "features") if name in item), None
    )
    if x is None:
        raise DataError("no-inputs", path=source)
    return x, y


def _as_frame(x: Any) -> "pl.DataFrame | pl.LazyFrame | None":
    """A polars or pandas frame, an Arrow table or a dictionary of columns as a polars frame; None for what is none."""
    import polars as pl

    if isinstance(x, pl.DataFrame | pl.LazyFrame):
        return x
    if isinstance(x, dict):
        return pl.DataFrame({str(name): pl.Series(np.asarray(column).ravel()) for name, column in x.items()})
    if hasattr(x, "columns") and hasattr(x, "to_dict"):  # pandas: column by column, so that pyarrow is not needed
        series = {}
        for place, name in enumerate(unique_names([str(name) for name in x.columns])):
            cells = np.asarray(x.iloc[:, place])
            series[name] = pl.Series(name, cells if cells.dtype.kind in "biufmM" else _texts(cells))
        return pl.DataFrame(series)
    return None


def _texts(cells: np.ndarray) -> list[str | None]:
    """Objects as text; None and NaN stay missing."""
    return [None if cell is None or cell != cell else str(cell) for cell in cells.tolist()]  # noqa: PLR0124


def _as_array(x: Any, source: str) -> np.ndarray:
    """An array of any kind, a tensor of any device, or nested lists as a NumPy array with at least one axis."""
    if hasattr(x, "detach"):
        x = x.detach().cpu()
        x = x.float() if str(x.dtype) == "torch.bfloat16" else x
    try:
        values: np.ndarray = np.asarray(x.toarray() if hasattr(x, "toarray") else x)
    except (ValueError, TypeError, RuntimeError) as error:
        raise DataError("no-array", path=source) from error
    if values.dtype.kind == "c" or (
        values.dtype.kind == "O"
        and any(isinstance(one, list | tuple | np.ndarray | dict) for one in values.ravel()[:100])
    ):
        raise DataError("no-array", path=source)
    return values


def _target(y: Any, rows: int, source: str) -> np.ndarray:
    labels = _as_array(y, source)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError("target-shape", path=source, shape=str(tuple(labels.shape)))
    if len(labels) != rows:
        raise DataError("lengths-differ", path=source, rows=rows, targets=len(labels))
    return labels if labels.dtype.kind in "biuf" else np.array(_texts(labels.astype(object)), dtype=object)


def _with_target(
    frame: "pl.DataFrame | pl.LazyFrame", y: Any, source: str, kind: str, *, as_text: bool = False
) -> Table:
    import polars as pl

    if y is None:
        return of_frame(frame, source, kind, as_text=as_text)
    whole = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    labels = _target(y, whole.height, source)
    name = _free(TARGET, whole.columns)
    column = pl.Series(name, labels if labels.dtype.kind in "biuf" else labels.tolist())
    return of_frame(whole.with_columns(column), source, kind, as_text=as_text, target=name)


def _batches(
    matrix: np.ndarray, labels: np.ndarray | None, columns: list[str], target: str
) -> Callable[[], Iterator["pl.DataFrame"]]:
    size = rows_a_batch(matrix.shape[1])

    def batches() -> Iterator["pl.DataFrame"]:
        import polars as pl

        for start in range(0, len(matrix), size):
            piece = np.asarray(matrix[start : start + size])
            frame = pl.from_numpy(piece.astype(np.float64) if piece.dtype.kind == "f" else piece, schema=columns)
            if labels is not None:
                part = labels[start : start + size]
                series = pl.Series(target, part if part.dtype.kind in "biuf" else part.tolist())
                frame = frame.with_columns(series)
            yield frame

    return batches


def _free(name: str, taken: Iterable[str]) -> str:
    others = set(taken)
    while name in others:
        name += "_"
    return name
