"""Tables in the long form: one number a row, with its name in the next cell (`step, metric, value`)."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from .positions import position_key

_NAMES = frozenset(
    ("metric", "metrics", "name", "key", "tag", "variable", "series", "measure", "metricname", "指標", "名前")
)
_VALUES = frozenset(("value", "values", "metricvalue", "val", "値"))
_MAX_NAMES = 2_000


def is_tidy(columns: Mapping[str, Float[np.ndarray, " n"]], texts: Mapping[str, Sequence[str | None]]) -> bool:
    """Whether the table has a column of names and a column of values."""
    return _named(columns, texts) is not None


def tidied(
    columns: Mapping[str, Float[np.ndarray, " n"]], texts: Mapping[str, Sequence[str | None]]
) -> Iterator[tuple[Int[np.ndarray, " m"], str, str]]:
    """For every name that occurs: the rows that bear it, the column of the values, and the name."""
    found = _named(columns, texts)
    if found is None:
        return
    value, names = found
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(texts[names]):
        if name and (name in rows or len(rows) < _MAX_NAMES):
            rows.setdefault(name, []).append(row)
    for name, at in rows.items():
        yield np.array(at, dtype=np.int64), value, name


def _named(columns: Mapping[str, np.ndarray], texts: Mapping[str, Sequence[str | None]]) -> tuple[str, str] | None:
    value = next((name for name in columns if position_key(name) in _VALUES), None)
    names = next((name for name in texts if position_key(name) in _NAMES), None)
    return None if value is None or names is None else (value, names)
