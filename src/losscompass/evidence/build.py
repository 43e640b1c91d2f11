"""From records, in the order of the log, to immutable runs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from .chunks import Chunk, collect
from .columns import Column, columns_of
from .headline import UNNAMED_CURVE, assume_direction, choose_curves
from .names import Role, phase_of_place, roles_of, variant_of
from .records import Record, Skipped
from .run import Run, Series
from .segments import split
from .tokens import words
from .tracks import tracks_of
from .unmeasured import drop_unmeasured


def build(records: Iterable[Record], source: str) -> tuple[Run, ...]:
    """The runs that the records of one log tell of, in the order of the log; none where no number was logged.

    Another run begins at an `Event("run-start")`, and where the positions of the series start over (`segments`).
    Nothing is dropped silently: `points` of all runs + what `skipped` counts = the numbers that came in.
    A fact `phase` ("train", "val", "test") is the phase of the series whose names say none; else the place may say it.
    """
    runs: list[Run] = []
    for chunk in collect(records):
        with np.errstate(all="ignore"):  # infinities are evidence here, and their differences are not warned of
            runs.extend(_runs_of(chunk, source))
    return _named(runs)


def _runs_of(chunk: Chunk, source: str) -> Iterator[Run]:
    columns, skipped = columns_of(chunk)
    raws = [column.raw for column in columns]
    roles = roles_of(raws, default=chunk.facts.get("phase") or phase_of_place(source, raws))
    pieces, lost = split(columns, roles, chunk.events)
    skipped += lost
    for number, piece in enumerate(pieces):
        kept, unmeasured = drop_unmeasured(piece.columns, roles)
        series, assumed = assume_direction(_named_series(kept, roles), chunk.facts.get(UNNAMED_CURVE))
        unmeasured += assumed
        more, curves = choose_curves(series)
        yield Run(
            source=source,
            name=chunk.name,
            series=MappingProxyType({one.name: one for one in more}),
            curves=MappingProxyType(curves),
            facts=MappingProxyType(dict(chunk.facts)),
            events=tuple(piece.events),
            tensors=tracks_of(chunk.tensors) if number == 0 else MappingProxyType({}),
            skipped=_merged((*chunk.skipped, *skipped, *unmeasured) if number == 0 else unmeasured),
        )


def _named_series(columns: Sequence[Column], roles: Mapping[str, tuple[str, Role]]) -> list[Series]:
    """The series with unique canonical names: of those that share one, the longest keeps it, unless it is one of
    single steps and another of epoch means stands beside epoch-wise validation (the two are then compared alike).
    """
    by_name: dict[str, list[Column]] = {}
    for column in columns:
        by_name.setdefault(roles[column.raw][0], []).append(column)
    held_out = max((c.size for c in columns if roles[c.raw][0] == "val/loss"), default=0)
    names: dict[int, str] = {}
    taken = set(by_name)
    for name, same in by_name.items():
        first = max(same, key=lambda column: _fitness(column, held_out))
        for column in same:
            names[id(column)] = name if column is first else _unique(f"{name}~{_suffix(column)}", taken)
    return [column.series(names[id(column)], roles[column.raw][1]) for column in columns]


def _fitness(column: Column, held_out: int) -> tuple[bool, int, int]:
    per_epoch = "epoch" in variant_of(column.raw) and "step" not in variant_of(column.raw)
    return per_epoch and held_out > 0 and column.size >= max(3, held_out // 2), column.size, -len(words(column.raw))


def _suffix(column: Column) -> str:
    return "-".join(variant_of(column.raw)) or ("2" if not column.rank else f"rank{column.rank}")


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    taken.add(candidate)
    return candidate


def _named(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs with names that tell them apart; runs of which nothing was seen are none."""
    full = [run for run in runs if _seen(run)]
    empty = [run for run in runs if not _seen(run)]
    if full and empty:  # what was skipped of them is still told
        full[0] = replace(full[0], skipped=_merged(one for run in (full[0], *empty) for one in run.skipped))
    if len(full) <= 1:
        return tuple(full)
    uses = Counter(run.name for run in full)
    seen: Counter[str] = Counter()
    named = []
    for number, run in enumerate(full, start=1):
        seen[run.name] += 1
        name = run.name or str(number)
        if run.name and uses[run.name] > 1:
            name = f"{run.name} ({seen[run.name]})"
        named.append(replace(run, name=name))
    return tuple(named)


def _seen(run: Run) -> bool:
    """Whether there is anything to go by: a number, or, of a run that was watched, what it did before the first."""
    return bool(run.series) or any(event.name != "run-start" for event in run.events)


def _merged(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """One entry a reason and place-kind: counts added, the first place kept."""
    counts: dict[str, int] = {}
    places: dict[str, str] = {}
    for one in skipped:
        if one.count <= 0:
            continue
        counts[one.reason] = counts.get(one.reason, 0) + one.count
        if not places.get(one.reason):
            places[one.reason] = one.where
    return tuple(Skipped(reason, count, places[reason]) for reason, count in counts.items())
