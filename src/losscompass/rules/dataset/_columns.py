"""What the rules of this folder share: the columns of the audit's events as arrays, and lists of names that stay short."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Exhibit, Need, Undecided

AUDITED = Need("fact:audited")
NAMED = 5
SHOWN = 10


def event(run: Run, name: str, split: str = "train") -> Event | None:
    """The last event of a name that speaks of a part of the data, or of all of it."""
    found = [one for one in run.happened(name) if one.data.get("split", split) == split]
    return found[-1] if found else None


MISSING = {
    "features": "data-set",
    "batch": "data-set",
    "duplicates": "data-set",
    "target": "target-column",
    "labels": "target-column",
    "outlook": "target-column",
    "giveaway": "rows-with-target",
    "prediction": "rows-with-target",
    "labels-doubted": "rows-with-classes",
    "samples": "validation-part",
    "shift": "validation-part",
    "splits": "validation-part",
    "groups": "group-column",
    "times": "time-column",
}
"""What is to be given so that an event is there: ids of the catalogue (`missing.<id>`)."""


ONE_EACH = {"features": "name", "target": "classes", "giveaway": "names", "labels-doubted": "rows", "outlook": "losses"}
"""Events whose tuples have one entry each for those of this key."""

TEXTS = frozenset(
    ("name", "names", "kind", "example", "examples", "classes", "given", "suggested", "losses", "metrics")
)


def known(run: Run, name: str, split: str = "train") -> Event:
    """The same, of an event without which nothing can be said. Raises `Undecided` where it is not there."""
    found = event(run, name, split)
    if found is None:
        raise Undecided(MISSING[name])
    return found


def column(of: Event, key: str) -> np.ndarray:
    """One property of all columns: floats for numbers, else objects; empty where the event does not tell."""
    values: Any = of.data.get(key, ())
    if not isinstance(values, tuple):
        values = (values,)
    if (
        of.name in ONE_EACH and key != ONE_EACH[of.name]
    ):  # a damaged journal may tell more of one property than of another
        named = of.data.get(ONE_EACH[of.name])
        count = len(named) if isinstance(named, tuple) else 0
        values = (*values[:count], *[None] * (count - len(values)))
    if key in TEXTS or (values and all(isinstance(one, str) for one in values)):
        return np.array(["" if one is None else one for one in values], dtype=object)
    return np.array([_float(one) for one in values], dtype=np.float64)


def figures(of: Event, key: str) -> np.ndarray:
    """One property of all columns that is a number: floats always."""
    values = column(of, key)
    return np.array([_float(one) for one in values], dtype=np.float64) if values.dtype == object else values


def _float(value: object) -> float:
    """A number as it is, anything else as NaN."""
    try:
        return float(value) if isinstance(value, int | float | np.integer | np.floating) else float("nan")
    except OverflowError:
        return float("inf")


def number(of: Event, key: str, otherwise: float = float("nan")) -> float:
    """One number of an event."""
    value = of.data.get(key, otherwise)
    return _float(value) if isinstance(value, int | float) else otherwise


def text(of: Event, key: str) -> str:
    """One word of an event."""
    return str(of.data.get(key, ""))


def listed(names: Iterable[object], most: int = NAMED) -> str:
    """The first names, and a sign that there are more."""
    called = [str(name)[:60] for name in names]
    return ", ".join(called[:most]) + (", …" if len(called) > most else "")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], most: int = SHOWN) -> tuple[Exhibit, ...]:
    """The first rows as an exhibit. `columns`: ids of the catalogue (`exhibit.<id>`)."""
    cells = tuple(
        tuple(cell if isinstance(cell, int | float | str) else str(cell) for cell in row)
        for row, _ in zip(rows, range(most), strict=False)
    )
    return (Exhibit("", kind="table", columns=tuple(columns), rows=cells),) if cells else ()


def whole(values: Iterable[Any]) -> list[int]:
    """Counts and row numbers as whole numbers; −1 for what is none."""
    return [int(one) if np.isfinite(one := _float(value)) else -1 for value in values]
