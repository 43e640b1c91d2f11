"""The records of a run that goes on, in bounded memory, and the runs made of them whenever somebody asks."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from ..evidence.build import build
from ..evidence.records import Event, Fact, Record, Scalar, ScalarBlock, Skipped, TensorStat
from ..evidence.run import Run
from .kept import Kept, rows_of

EVENTS = 400
"""Events of one name that are kept: the first hundred, and the last ones (of those that add up, the last one counts)."""

FIRST_EVENTS = 100

LOOKS = 160
"""Looks at one tensor that are kept; every other one goes when they are more."""

RUNS = 20
"""Runs of one journal that are kept: the last ones."""

Key = tuple[str, int, str]  # raw name, rank, axis


@dataclass(slots=True)
class Piece:
    """One run of the journal."""

    start: Event | None = None
    series: dict[Key, Kept] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    first: dict[str, list[Event]] = field(default_factory=dict)
    last: dict[str, deque[Event]] = field(default_factory=dict)
    looks: dict[tuple[str, str], list[TensorStat]] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)

    def records(self, *, drawn: bool) -> Iterator[Record]:
        """All that is kept of it, in an order that `build` understands."""
        if self.start is not None:
            yield self.start
        yield from self.facts.values()
        yield from self.skipped.values()
        for kept in self.series.values():
            yield kept.block(kept.drawn if drawn else kept.studied)
        for name, events in self.first.items():
            yield from (*events, *self.last.get(name, ()))
        for looks in self.looks.values():
            yield from looks


@dataclass(slots=True)
class GrowingRun:
    """Takes records as they come; `runs` makes runs of what is kept."""

    source: str
    pieces: list[Piece] = field(default_factory=lambda: [Piece()])

    def take(self, records: Iterable[Record]) -> dict[Key, Float[np.ndarray, "n 4"]]:
        """Keep further records. What is new of the series of the last run, by raw name, rank and axis: rows of (step,
        value, epoch, time).
        """
        news: dict[Key, list[Float[np.ndarray, "n 4"]]] = {}
        singles: dict[Key, list[tuple[float, float, float | None, float | None]]] = {}
        for record in records:
            match record:
                case Scalar():
                    key = (record.name, record.rank, record.axis)
                    singles.setdefault(key, []).append((record.step, record.value, record.epoch, record.time))
                case ScalarBlock():
                    _flush(singles, news)
                    news.setdefault((record.name, record.rank, record.axis), []).append(rows_of(record))
                case Event(name="run-start"):
                    _flush(singles, news)
                    self._keep(news)
                    news = {}
                    self._begin(record)
                case _:
                    _keep_other(self.pieces[-1], record)
        _flush(singles, news)
        self._keep(news)
        return {key: np.concatenate(rows) for key, rows in news.items()}

    def _begin(self, start: Event) -> None:
        last = self.pieces[-1]
        if last.start is None and not last.series:
            last.start = start
            return
        shared = self.pieces[0].facts if self.pieces[0].start is None else {}
        self.pieces.append(Piece(start=start, facts=dict(shared)))
        del self.pieces[:-RUNS]

    def _keep(self, news: dict[Key, list[Float[np.ndarray, "n 4"]]]) -> None:
        piece = self.pieces[-1]
        for (name, rank, axis), blocks in news.items():
            kept = piece.series.setdefault((name, rank, axis), Kept(name, axis, rank))  # type: ignore[arg-type]
            for rows in blocks:
                kept.add(rows)

    def runs(self, *, drawn: bool) -> tuple[Run, ...]:
        """For drawing (every extreme is there) or for the rules (an even share of the points is)."""
        return build((record for piece in self.pieces for record in piece.records(drawn=drawn)), self.source)

    def counts(self) -> dict[str, int]:
        """How many points each series of the last run had in all, by raw name."""
        return {kept.name: kept.count for kept in self.pieces[-1].series.values()}


def _flush(
    singles: dict[Key, list[tuple[float, float, float | None, float | None]]],
    news: dict[Key, list[Float[np.ndarray, "n 4"]]],
) -> None:
    for key, rows in singles.items():
        news.setdefault(key, []).append(np.array(rows, dtype=np.float64))  # None becomes NaN
    singles.clear()


def _keep_other(piece: Piece, record: Record) -> None:
    match record:
        case Fact():
            piece.facts[record.name] = record
        case TensorStat():
            looks = piece.looks.setdefault((record.kind, record.tensor), [])
            looks.append(record)
            if len(looks) > LOOKS:
                del looks[1::2]
        case Event():
            first = piece.first.setdefault(record.name, [])
            if len(first) < FIRST_EVENTS:
                first.append(record)
            else:
                piece.last.setdefault(record.name, deque(maxlen=EVENTS - FIRST_EVENTS)).append(record)
        case Skipped():
            old = piece.skipped.get(record.reason, Skipped(record.reason, 0, record.where))
            piece.skipped[record.reason] = Skipped(record.reason, old.count + record.count, old.where)
