"""What the fingerprints say: rows that are there twice, and rows of the validation that the training has, too."""

from collections.abc import Iterator

import numpy as np

from ..evidence.records import Event
from .fingerprints import Fingerprints

SHOWN = 50


def within(part: Fingerprints, chance: float, has_target: bool) -> Event:
    """The event `duplicates`: rows that repeat an earlier one, and those whose target then differs."""
    order = np.argsort(part.exact, kind="stable")
    exact, label, row = part.exact[order], part.label[order], part.row[order]
    same = exact[1:] == exact[:-1]
    other = same & (label[1:] != label[:-1]) if has_target else np.zeros(same.size, dtype=bool)
    repeats = np.flatnonzero(same)
    clashes = np.flatnonzero(other)
    groups = np.cumsum(np.concatenate([[True], ~same]))
    clashing = np.isin(groups, groups[1:][other]) if clashes.size else np.zeros(groups.size, dtype=bool)
    looked = max(1, part.exact.size)
    return Event(
        "duplicates",
        data={
            "rows": part.rows,
            "looked_at": int(part.exact.size),
            "share": float(repeats.size / looked),
            "chance": chance,
            "repeated": tuple(row[repeats + 1][:SHOWN].tolist()),
            "first_seen": tuple(row[repeats][:SHOWN].tolist()),
            "conflicts": float(clashing.sum() / looked),
            "conflicting": tuple(row[clashes + 1][:SHOWN].tolist()),
            "conflicting_with": tuple(row[clashes][:SHOWN].tolist()),
        },
    )


def across(train: Fingerprints, val: Fingerprints, chance: tuple[float, float]) -> Iterator[Event]:
    """The event `samples`, as a watched run tells it, with what only a whole data set can say beside it."""
    known = np.sort(train.exact)
    exact = _is_in(val.exact, known)
    near = 0.0
    nearly = np.zeros(val.exact.size, dtype=bool)
    for mine, theirs in zip(val.near, train.near, strict=True):
        hit = _is_in(mine, np.sort(theirs))
        if hit.size == nearly.size:
            nearly |= hit
        else:
            near = max(near, float(hit.mean()) if hit.size else 0.0)  # a part of the cells: a share, no rows
    nearly &= ~exact if nearly.size == exact.size else True
    if nearly.any():
        near = float(nearly.mean())
    elif near:
        near = max(0.0, near - float(exact.mean()))
    found = np.flatnonzero(exact)[:SHOWN]
    order = np.argsort(train.exact, kind="stable")
    where = order[np.minimum(np.searchsorted(train.exact[order], val.exact[found]), max(0, train.exact.size - 1))]
    yield Event(
        "samples",
        data={
            "train": int(np.unique(train.exact).size),
            "val": int(np.unique(val.exact).size),
            "val_seen": int(val.exact.size),
            "val_in_train": int(exact.sum()),
            "train_repeats": float(1 - np.unique(train.exact).size / max(1, train.exact.size)),
            "near": near,
            "chance": chance[0],
            "near_chance": chance[1],
            "val_rows": tuple(val.row[found].tolist()),
            "train_rows": tuple(train.row[where].tolist()),
            "near_rows": tuple(val.row[np.flatnonzero(nearly)[:SHOWN]].tolist()) if nearly.size == val.row.size else (),
        },
    )


def _is_in(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    if not ordered.size:
        return np.zeros(values.size, dtype=bool)
    place = np.minimum(np.searchsorted(ordered, values), ordered.size - 1)
    return np.asarray(ordered[place] == values)
