"""What a rule declared, and nothing else: the language of `Need`, and a run narrowed to it.

A rule that looks at anything it did not declare raises `Undeclared`: a rule that quietly reads more than it says would
be reported "clear" on logs that never held what it looked for.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

import numpy as np

from ..evidence.run import Run, Series
from ..rules.base import Need

PHASES = ("train", "val", "test")
T = TypeVar("T")


class Undeclared(Exception):  # noqa: N818 - a fault of the rule's author, named for what it is
    """A rule looked at something that its needs do not name."""


class Narrowed(Mapping[str, T], Generic[T]):
    """A mapping that holds what was declared and is there, and raises on everything that was not declared."""

    __slots__ = ("_data", "_declared")

    def __init__(self, data: Mapping[str, T], declared: Callable[[str], bool]) -> None:
        self._data = dict(data)
        self._declared = declared

    def __getitem__(self, key: str) -> T:
        if key in self._data:
            return self._data[key]
        if not self._declared(key):
            raise Undeclared(key)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


def take(run: Run, needs: tuple[Need, ...]) -> tuple[Run, tuple[str, ...]]:
    """The run narrowed to `needs`, and the needs that it cannot meet (as written in the rule).

    A need is met if one of its alternatives ("a|b") is there; all alternatives that are there are handed over. A series
    counts with its finite points, or with all its points where the need asks for the raw series (`finite=False`).
    """
    series: dict[str, Series] = {}
    raw: set[str] = set()
    curves: dict[str, str] = {}
    facts: dict[str, str | float | int | bool] = {}
    missing: list[str] = []
    for need in needs:
        met = False
        for what in need.what.split("|"):
            language, _, argument = what.partition(":")
            if language == "fact" and argument:
                if argument in run.facts:
                    facts[argument] = run.facts[argument]
                    met = True
            elif language == "event" and argument:
                met = True  # that nothing happened is evidence too
            elif language == "tensor" and argument:
                met = met or any(track.kind == argument for track in run.tensors.values())
            else:
                for name in _names(run, what):
                    if _points(run.series[name], need.finite) < max(1, need.points):
                        continue
                    met = True
                    if not need.finite:
                        raw.add(name)
                    series[name] = run.series[name]
                    if language == "curve":
                        curves[argument] = name
        if not met and not need.optional:
            missing.append(need.what)
    whats = tuple(what for need in needs for what in need.what.split("|"))
    named = tuple(what for what in whats if ":" not in what)
    events = {what.removeprefix("event:") for what in whats if what.startswith("event:")}
    kinds = {what.removeprefix("tensor:") for what in whats if what.startswith("tensor:")}
    narrowed = replace(
        run,
        series=Narrowed(
            {name: one if name in raw else one.finite() for name, one in series.items()},
            lambda key: any(fnmatchcase(key, pattern) for pattern in named),
        ),
        curves=Narrowed(curves, lambda key: f"curve:{key}" in whats),
        facts=Narrowed(facts, lambda key: f"fact:{key}" in whats),
        events=tuple(event for event in run.events if event.name in events),
        tensors={key: track for key, track in run.tensors.items() if track.kind in kinds},
        skipped=(),
    )
    return narrowed, tuple(missing)


def _names(run: Run, what: str) -> tuple[str, ...]:
    """The series of the run that one alternative of a need speaks of."""
    language, _, argument = what.partition(":")
    if language == "curve" and argument:
        name = run.curves.get(argument)
        return (name,) if name is not None and name in run.series else ()
    if language == "kind" and argument:
        return tuple(name for name, one in run.series.items() if one.role.kind == argument)
    return tuple(name for name in run.series if name == what or fnmatchcase(name, what))


def _points(series: Series, finite: bool) -> int:
    return int(np.count_nonzero(np.isfinite(series.value))) if finite else len(series)
