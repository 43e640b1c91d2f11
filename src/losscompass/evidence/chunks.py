"""Records sorted into the pieces of a log that its reader already told apart, without copying a block of numbers."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from .records import Event, Fact, Record, Scalar, ScalarBlock, Skipped, TensorStat


@dataclass(slots=True)
class Grown:
    """Scalars of one name that came one by one: 40 bytes each."""

    step: "array[float]" = field(default_factory=lambda: array("d"))
    value: "array[float]" = field(default_factory=lambda: array("d"))
    epoch: "array[float]" = field(default_factory=lambda: array("d"))
    time: "array[float]" = field(default_factory=lambda: array("d"))
    place: "array[float]" = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class Part:
    """Some points of one column, shape (n,) each. `place` grows in the order of the log over all columns."""

    step: Float[np.ndarray, " n"]
    value: Float[np.ndarray, " n"]
    epoch: Float[np.ndarray, " n"] | None
    time: Float[np.ndarray, " n"] | None
    place: float  # they came at once


Key = tuple[str, int, str]  # raw name, rank, axis


@dataclass(slots=True)
class Chunk:
    """What stands between two `run-start` events."""

    name: str = ""
    parts: dict[Key, list[Part | Grown]] = field(default_factory=dict)
    facts: dict[str, str | float | int | bool] = field(default_factory=dict)
    events: list[tuple[float, Event]] = field(default_factory=list)  # with their place
    tensors: list[TensorStat] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def collect(records: Iterable[Record]) -> Iterator[Chunk]:
    """The chunks of a log, as soon as each is complete. Facts told before the first run hold for all runs."""
    chunk = Chunk()
    shared: dict[str, str | float | int | bool] = {}
    started = False
    reasons: dict[str, int] = {}
    for place, record in enumerate(records):
        match record:
            case Scalar():
                _add_scalar(chunk, record, float(place))
            case ScalarBlock():
                _add_block(chunk, record, float(place))
            case Event(name="run-start"):
                if started or chunk.parts:
                    yield chunk
                    chunk = Chunk(facts=dict(shared))
                    reasons = {}
                else:
                    shared = dict(chunk.facts)
                started = True
                chunk.name = str(record.data.get("name") or "")
                chunk.events.append((float(place), record))
            case Event():
                chunk.events.append((float(place), record))
            case Fact():
                chunk.facts[record.name] = record.value
            case TensorStat():
                chunk.tensors.append(record)
            case Skipped():
                _add_skipped(chunk, reasons, record)
    yield chunk


def _add_scalar(chunk: Chunk, record: Scalar, place: float) -> None:
    parts = chunk.parts.setdefault((record.name, record.rank, record.axis), [])
    if not parts or not isinstance(parts[-1], Grown):
        parts.append(Grown())
    grown = parts[-1]
    assert isinstance(grown, Grown)
    grown.step.append(record.step)
    grown.value.append(record.value)
    grown.epoch.append(np.nan if record.epoch is None else record.epoch)
    grown.time.append(np.nan if record.time is None else record.time)
    grown.place.append(place)


def _add_block(chunk: Chunk, record: ScalarBlock, place: float) -> None:
    if len(record.value):
        part = Part(record.step, record.value, record.epoch, record.time, place)
        chunk.parts.setdefault((record.name, record.rank, record.axis), []).append(part)


def _add_skipped(chunk: Chunk, reasons: dict[str, int], record: Skipped) -> None:
    """Skips of one reason are added up as they come, so that a million of them take the room of one."""
    at = reasons.get(record.reason)
    if at is None:
        reasons[record.reason] = len(chunk.skipped)
        chunk.skipped.append(record)
    else:
        old = chunk.skipped[at]
        chunk.skipped[at] = Skipped(old.reason, old.count + record.count, old.where or record.where)
