"""What a journal tells, while it grows and when it is closed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..evidence.build import build
from ..evidence.journal import Tail, read
from ..evidence.records import Event, Fact, Record, Scalar, ScalarBlock
from ..evidence.run import Run
from .parent import Ended
from .recording import open_recorder

_NO_TRAINING = frozenset(("failed", "probe-off", "run-start"))
"""Events that a run leaves which has not trained at all."""


class Follower:
    """The runs of a growing journal. Each look reads only what has been added since the last."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._tail = Tail(journal)
        self._records: list[Record] = []

    def look(self) -> tuple[Run, ...]:
        """The runs so far; none where nothing has been added."""
        new = self._tail.read()
        if not new:
            return ()
        self._records += in_blocks(new)
        return build(self._records, str(self._journal))


@dataclass(frozen=True, slots=True)
class Closed:
    """A journal that nobody writes to any more."""

    runs: tuple[Run, ...]  # those in which something was trained
    faults: tuple[str, ...]  # what the watcher had to switch off in itself, in its own words


def close(journal: Path, ended: Ended) -> Closed:
    """Read the journal of a script that has ended, and note in it how, where the script's own process could not.

    Raises `OSError` where the file is gone.
    """
    told: str | None = None
    known = ""
    faults: dict[str, None] = {}

    def passing() -> Iterator[Record]:
        nonlocal told, known
        for record in read(journal):
            if isinstance(record, Fact) and record.name == "ended":
                told = str(record.value)
            elif isinstance(record, Event) and record.name == "probe-off":
                faults[f"{record.data.get('probe')}: {record.data.get('error')}"] = None
            yield record
        known = how_it_ended(ended, told)
        yield Fact("ended", known)

    runs = tuple(run for run in build(passing(), str(journal)) if has_trained(run))
    if known != told:
        recorder = open_recorder(str(journal))
        recorder.fact("ended", known)
        recorder.close()
    return Closed(runs, tuple(faults))


def how_it_ended(ended: Ended, told: str | None) -> str:
    """The fact `ended`. `told`: what the script's own process has written; nothing where it was killed or left at once."""
    if ended.code < 0 or ended.asked:
        return "interrupted"
    if ended.code == 0:
        return "exit" if told is None else "finished"  # an error that did not end it was none
    return "error" if told == "error" else "exit"


def has_trained(run: Run) -> bool:
    """Whether anything of a training was seen."""
    return bool(run.series) or any(event.name not in _NO_TRAINING for event in run.events)


def in_blocks(records: Iterable[Record]) -> list[Record]:
    """The same records, with the scalars of a name put together: a hundredth of the room.

    The order within a name stays, and every other record stays where it is among its like.
    """
    others: list[Record] = []
    scalars: dict[tuple[str, str, int], list[Scalar | ScalarBlock]] = {}
    for record in records:
        if isinstance(record, Scalar | ScalarBlock):
            scalars.setdefault((record.name, record.axis, record.rank), []).append(record)
        else:
            others.append(record)
    return others + [_block(same) for same in scalars.values()]


def _block(same: list[Scalar | ScalarBlock]) -> ScalarBlock:
    """One block of scalars and blocks of one name, in their order."""

    def column(values: list[np.ndarray]) -> np.ndarray | None:
        joined = np.concatenate(values)
        return None if np.isnan(joined).all() else joined

    def numbers(name: str) -> list[np.ndarray]:
        return [_numbers(one, name) for one in same]

    first = same[0]
    return ScalarBlock(
        first.name,
        np.concatenate(numbers("step")),
        np.concatenate(numbers("value")),
        axis=first.axis,
        epoch=column(numbers("epoch")),
        time=column(numbers("time")),
        rank=first.rank,
    )


def _numbers(one: Scalar | ScalarBlock, name: str) -> np.ndarray:
    """A column of a scalar or a block; NaN where it has none. Shape (n,)."""
    value = getattr(one, name)
    if isinstance(one, Scalar):
        return np.array([np.nan if value is None else value], dtype=np.float64)
    return np.full(len(one.step), np.nan) if value is None else np.asarray(value, dtype=np.float64)
