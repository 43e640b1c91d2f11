"""What is followed: a journal that grows, or any other log or folder of logs, read again when it has changed."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from jaxtyping import Float

from ..evidence.frames import MAGIC
from ..evidence.gathered import Gathered
from ..evidence.journal import Tail
from ..evidence.run import Run, Series
from ..readers.discover import gather
from .growing_run import GrowingRun, Key

News = dict[int, dict[str, Float[np.ndarray, "n 4"]]]
"""By run and series: the further rows of (step, value, epoch, time), NaN where not known."""

Shown = Sequence[Run]
"""The runs that the viewers have, in their order."""

OWN_FOLDER = ".losscompass"
"""Where watched runs write their journals."""

MOST_FILES = 20_000
"""Files of a folder whose sizes are looked at; beyond, changes are not seen."""

BITE = 2_000_000
"""Bytes of a journal that are read at once: a journal of ten million steps is taken in without being held."""

SHARE = 0.25
"""Of one core: what reading a log again and again may cost."""


class Source(Protocol):
    """Where the numbers come from. `poll` looks for new ones; the others tell what there is."""

    def poll(self) -> bool:
        """Whether something is new."""

    def news(self, shown: Shown) -> News | None:
        """What is new of the series that are shown, since the last call; None where they are no longer the same."""

    def gathered(self) -> Gathered:
        """For the rules."""

    def drawn(self, gathered: Gathered) -> tuple[Run, ...]:
        """The runs of `gathered` for drawing, up to now and with every extreme in them, in the same order."""

    def growing(self) -> str | None:
        """The name of the run that grows, where one does and that is known."""

    def counts(self) -> Mapping[str, int]:
        """How many points there were of the series of the run that grows, by raw name; empty where all are held."""

    def ended(self) -> str:
        """How the run ended ("finished", "error" …), empty while it goes on or where that is not told."""

    def behind(self) -> bool:
        """Whether the last look left something that is there already."""


def source_of(path: Path, *, expected: bool = False) -> Source:
    """What to follow at `path`; where it is `expected`, a journal that is still to be written.

    Raises `FileNotFoundError` where there is nothing.
    """
    if path.is_dir():
        own = path if path.name == OWN_FOLDER else path / OWN_FOLDER
        if own.is_dir() and (journal := newest_journal(own)) is not None:
            return JournalSource(journal, own)
        return LogSource(path)
    if not path.exists() and not expected:
        raise FileNotFoundError(path)
    empty = not path.exists() or not path.stat().st_size
    return JournalSource(path) if is_journal(path) or (empty and expected) else LogSource(path)


def is_journal(path: Path) -> bool:
    """Whether a file begins as journals do."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError:
        return False
    return head == MAGIC


def newest_journal(folder: Path) -> Path | None:
    """The journal in `folder`, or in the folders in it, that was written last."""
    times = {path: stamp for path, (stamp, _) in _signature(folder).items() if is_journal(path)}
    return max(times, key=lambda path: times[path], default=None)


@dataclass(slots=True)
class JournalSource:
    """A journal; where a newer one appears in `folder`, that one."""

    path: Path
    folder: Path | None = None
    tail: Tail = field(init=False)
    run: GrowingRun = field(init=False)
    fresh: dict[Key, list[Float[np.ndarray, "n 4"]]] = field(default_factory=dict)
    looked: float = 0.0
    replaced: bool = False
    last: str | None = None  # the name that the last run of the journal was given
    taken: int = 0  # bytes of the file that have been looked at, at the least
    size: int = 0  # of the file, at the last look

    def __post_init__(self) -> None:
        self._open(self.path)

    def _open(self, path: Path) -> None:
        self.path = path
        self.tail = Tail(path)
        self.run = GrowingRun(str(path))
        self.fresh = {}
        self.taken = self.size = 0

    def poll(self) -> bool:
        """Take what the journal has more than before."""
        self.size = _signature(self.path).get(self.path, (0.0, 0))[1]
        records = self.tail.read(BITE)
        begun = self.taken if self.size >= self.taken else 0
        self.taken = min(begun + BITE, self.size) if records else self.size
        if not records:
            return self._look_for_newer()
        pieces = len(self.run.pieces)
        for key, rows in self.run.take(records).items():
            self.fresh.setdefault(key, []).append(rows)
        self.replaced |= len(self.run.pieces) != pieces
        return True

    def _look_for_newer(self) -> bool:
        if self.folder is None or time.monotonic() - self.looked < 2:
            return False
        self.looked = time.monotonic()
        newest = newest_journal(self.folder)
        if newest is None or newest == self.path:
            return False
        self._open(newest)
        self.replaced = True
        return True

    def news(self, shown: Shown) -> News | None:
        """Rows by the names that the last run's series were given."""
        fresh, self.fresh = self.fresh, {}
        replaced, self.replaced = self.replaced, False
        if replaced:
            return None
        place = next((number for number, run in enumerate(shown) if run.name == self.last), None)
        if place is None:
            return {}
        names = {(one.raw, one.axis): name for name, one in shown[place].series.items() if not one.derived}
        lowest: dict[tuple[str, str], int] = {}
        for raw, rank, axis in self.run.pieces[-1].series:
            lowest[raw, axis] = min(rank, lowest.get((raw, axis), rank))
        return {
            place: {
                names[raw, axis]: np.concatenate(rows)  # type: ignore[index]
                for (raw, rank, axis), rows in fresh.items()
                if (raw, axis) in names and rank == lowest[raw, axis]
            }
        }

    def gathered(self) -> Gathered:
        """An even share of the points."""
        runs = self.run.runs(drawn=False)
        self.last = runs[-1].name if runs else None
        return Gathered(runs=runs)

    def drawn(self, gathered: Gathered) -> tuple[Run, ...]:
        """Every extreme. Where thinning has told the runs apart otherwise, what the rules saw."""
        runs = {run.name: run for run in self.run.runs(drawn=True)}
        return tuple(runs.get(run.name, run) for run in gathered.runs)

    def growing(self) -> str | None:
        """The last run of the journal."""
        return self.last

    def counts(self) -> Mapping[str, int]:
        """As the journal had them."""
        return self.run.counts()

    def ended(self) -> str:
        """As the watcher told it."""
        fact = self.run.pieces[-1].facts.get("ended")
        return "" if fact is None else str(fact.value)

    def behind(self) -> bool:
        """After a bite that was not the whole. Of a file with room for what is to come, it may seem so a few times."""
        return self.taken < self.size


@dataclass(slots=True)
class LogSource:
    """Any log that the readers know, or a folder of them, read again when a file has changed: seldom, if that takes long."""

    path: Path
    seen: dict[Path, tuple[float, int]] = field(default_factory=dict)
    held: Gathered = field(default_factory=Gathered)
    told: dict[tuple[int, str], int] = field(default_factory=dict)
    next_read: float = 0.0

    def poll(self) -> bool:
        """Read again, if there is anything new and it is time."""
        now = time.monotonic()
        if now < self.next_read:
            return False
        there = _signature(self.path)
        looked = time.monotonic() - now
        if there == self.seen:
            self.next_read = now + looked / SHARE
            return False
        self.seen = there
        self.held = gather([self.path])
        self.next_read = time.monotonic() + (time.monotonic() - now) / SHARE
        return True

    def news(self, shown: Shown) -> News | None:
        """The rows behind those that were there; None where a run or a series has got shorter, or began anew."""
        runs = ordered(self.held).runs
        if [(run.source, run.name) for run in runs] != [(run.source, run.name) for run in shown]:
            self.told.clear()
            return None
        found: News = {}
        for number, (run, known) in enumerate(zip(runs, shown, strict=True)):
            for name, old in known.series.items():
                new = run.series.get(name)
                told = self.told.setdefault((number, name), len(old))
                if new is None or len(new) < told or new.step[0] != old.step[0]:
                    self.told.clear()
                    return None
                if len(new) > told and not new.derived:
                    self.told[number, name] = len(new)
                    found.setdefault(number, {})[name] = _rows(new)[told:]
        return found

    def gathered(self) -> Gathered:
        """All points."""
        return self.held

    def drawn(self, gathered: Gathered) -> tuple[Run, ...]:
        """As they were read last."""
        runs = {(run.source, run.name): run for run in self.held.runs}
        return tuple(runs.get((run.source, run.name), run) for run in gathered.runs)

    def growing(self) -> str | None:
        """Not known."""
        return None

    def counts(self) -> Mapping[str, int]:
        """All are held."""
        return {}

    def ended(self) -> str:
        """Nobody tells."""
        return ""

    def behind(self) -> bool:
        """Never: a log is read whole."""
        return False


def ordered(gathered: Gathered) -> Gathered:
    """The runs in the order in which every report shows them."""
    runs = sorted(gathered.runs, key=lambda run: -run.points)
    return Gathered(runs=tuple(runs), unreadable=gathered.unreadable, skipped=gathered.skipped)


def _rows(series: Series) -> Float[np.ndarray, "n 4"]:
    empty = np.full(len(series), np.nan)
    columns = (series.step, series.value, *(empty if x is None else x for x in (series.epoch, series.time)))
    return np.column_stack(columns)


def _signature(path: Path) -> dict[Path, tuple[float, int]]:
    """Time and size of every file."""
    found: dict[Path, tuple[float, int]] = {}
    for one in _files(path):
        try:
            status = one.stat()
        except OSError:
            continue
        found[one] = (status.st_mtime, status.st_size)
        if len(found) >= MOST_FILES:
            break
    return found


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        for name in sorted(names):
            yield Path(folder, name)
