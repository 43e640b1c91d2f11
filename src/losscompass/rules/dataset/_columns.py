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
    numbers = all(isinstance(one, int | float) for one in values)
    return np.array(values, dtype=np.float64 if numbers else object)


def number(of: Event, key: str, otherwise: float = float("nan")) -> float:
    """One number of an event."""
    value = of.data.get(key, otherwise)
    return float(value) if isinstance(value, int | float) else otherwise


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
    """Counts and row numbers as whole numbers."""
    return [int(value) for value in values]
