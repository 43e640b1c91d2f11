"""The audit of a data set: from what the user gave to records. docs/events.md lists them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..evidence.records import Event, Fact, Record, Skipped
from .belonging import belonging
from .describe import features
from .design_matrix import design
from .errors import DataError
from .extra import require
from .fingerprints import Sketcher, chance_of_twins, fingerprints
from .learning import learned
from .outlook import outlook
from .profile import Profile, profile
from .roles import roles_of
from .shift import shifted
from .sources import open_source
from .table import Table
from .target import Target, describe_target, order_of, target_of
from .twins import across, within


def audit(
    train: Any,
    validation: Any = None,
    *,
    target: str | None = None,
    group: str | None = None,
    time: str | None = None,
    task: str | None = None,
    seed: int = 0,
) -> Iterator[Record]:
    """What a data set, and its validation part where there is one, says of itself. Raises `DataError`, with one clear sentence.

    `train`, `validation`: a path, a frame, a bunch, arrays (X, y) or a torch data set. `target`, `group`, `time`: names of
    columns, where the names of the columns do not tell. `task`: "binary", "multiclass" or "regression", where the values do not.
    """
    require("polars", "sklearn")
    table = open_source(train, split="train", name="train")
    roles = roles_of(table, target, group, time)
    part = profile(table, roles, seed)
    known, sampled = _targets(part, task)
    other = None if validation is None else _validation(validation, table, part, seed)
    yield from _facts(part, known, other)
    yield from _skipped(part)
    yield features(part, "train")
    if known is not None:
        yield describe_target(known, "train", part.rows)
        yield from filter(None, [order_of(known)])
    elif roles.target is not None:
        yield Event(
            "target",
            data={
                "split": "train",
                "name": roles.target,
                "task": "none",
                "rows": part.rows,
                "missing": 1.0,
                "distinct": 0,
            },
        )
    identifiers = _identifiers(part)
    yield from _twins(part, other, identifiers, seed)
    noise = None
    if sampled is not None:
        matrix = design(part.sample, part.layout, identifiers)
        for event in learned(matrix, sampled, part.rows, seed):
            yield event
            noise = _noise(event, noise)
    if known is not None:
        yield from outlook(known, noise)
    if other is not None:
        yield features(other, "validation")
        other_known, _ = _targets(other, task if known is None else known.task)
        if other_known is not None:
            yield describe_target(other_known, "validation", other.rows)
        yield from shifted(part, other, (known, other_known), identifiers, seed)
        yield from belonging(part, other)


def _validation(given: Any, train: Table, part: Profile, seed: int) -> Profile:
    table = open_source(given, split="validation", name="validation")
    roles = part.roles
    if set(roles.features).isdisjoint(table.names):
        raise DataError("nothing-shared", path=table.source, train=train.source)
    like = {column.name: column for column in train.columns}
    columns = tuple(like.get(c.name, c) if _readable(table, c.name, like) else c for c in table.columns)
    table = Table(table.source, table.format, columns, table.batches, table.skipped, table.target, table.classes)
    target = (
        roles.target if roles.target in table.names else table.target if roles.target == part.table.target else None
    )
    return profile(
        table,
        roles_of(
            table,
            target,
            roles.group if roles.group in table.names else None,
            roles.time if roles.time in table.names else None,
        ),
        seed + 1,
    )


def _readable(table: Table, name: str, like: dict[str, Any]) -> bool:
    """Whether a text file's column is to be read as the training's: the same cells may look like numbers in one part only."""
    return table.format == "csv" and name in like


def _targets(part: Profile, task: str | None) -> tuple[Target | None, Target | None]:
    """The target of all rows, and that of the sampled ones with the same classes."""
    if part.roles.target is None or part.target_rows is None or part.sample.labels is None:
        return None, None
    known = target_of(part.target_rows, part.roles.target, task, part.table.classes)
    if known is None:
        return None, None
    row = part.sample.row
    if part.target_rows.size >= part.rows:
        codes = None if known.codes is None else known.codes[row]
        values = None if known.values is None else known.values[row]
        return known, Target(known.name, known.task, known.classes, codes, values)
    return known, target_of(part.sample.labels, part.roles.target, known.task, part.table.classes)


def _facts(part: Profile, known: Target | None, other: Profile | None) -> Iterator[Fact]:
    yield Fact("audited", True)
    yield Fact("kind", "dataset")
    yield Fact("format", part.table.format)
    yield Fact("rows", part.rows)
    yield Fact("columns", len(part.roles.features))
    if part.roles.target is not None:
        yield Fact("target-column", part.roles.target)
    if known is not None:
        yield Fact("task", known.task)
        if known.codes is not None and len(known.classes) >= 2:
            yield Fact("classes", len(known.classes))
    if other is not None:
        yield Fact("validation", other.table.source)
        yield Fact("validation-rows", other.rows)
    for name, column in (("group-column", part.roles.group), ("time-column", part.roles.time)):
        if column is not None:
            yield Fact(name, column)


def _skipped(part: Profile) -> Iterator[Skipped]:
    yield from part.table.skipped
    nested = [column.name for column in part.table.columns if column.kind == "nested"]
    if nested:
        yield Skipped("nested-column", len(nested), nested[0])


def _identifiers(part: Profile) -> frozenset[str]:
    """Columns that only number the rows: nothing is to be learned from them, and they would make every row unique."""
    names, kinds = set(), part.table.kinds()
    for place, name in enumerate(part.layout.numeric):
        if kinds[name] != "number" or part.moments.count[place] < 20:
            continue
        wide = float(part.moments.high[place] - part.moments.low[place])
        if wide + 1 == part.moments.count[place]:
            values = part.sample.numbers[:, place]
            values = values[np.isfinite(values)]
            if (values == np.round(values)).all() and np.unique(values).size == values.size:
                names.add(name)
    for name in part.layout.text:
        cells = part.sample.texts[name].drop_nulls()
        if cells.len() >= 20 and cells.n_unique() == cells.len() and not cells.str.contains(r"\s").any():
            names.add(name)
    return frozenset(names if len(names) < len(part.roles.features) else ())


def _twins(part: Profile, other: Profile | None, identifiers: frozenset[str], seed: int) -> Iterator[Event]:
    sketcher = Sketcher.of(part, identifiers, 0 if other is None else other.rows, seed)
    mine = fingerprints(part, sketcher)
    chance = chance_of_twins(part, sketcher, part.rows)
    yield within(mine, chance[0], part.roles.target is not None)
    if other is not None and set(sketcher.layout.numeric) | set(sketcher.layout.text) <= set(other.table.names):
        yield from across(mine, fingerprints(other, sketcher), chance)


def _noise(event: Event, before: float | None) -> float | None:
    value = event.data.get("share" if event.name == "labels-doubted" else "noise")
    return float(value) if isinstance(value, float) and event.name in {"labels-doubted", "prediction"} else before
