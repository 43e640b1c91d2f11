"""The journal: a file that a run appends to and that others read while it grows.

What was appended is in the file at once: after a crash at any byte it reads to the last whole record. Nothing that
happens to the file reaches the run: a full disk ends the recording, never the training.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from heapq import merge as merged
from pathlib import Path

import numpy as np

from .packing import (
    Packer,
    PackError,
    Where,
    packed_event,
    packed_fact,
    packed_skipped,
    packed_tensor,
)
from .recorder import Recorder
from .records import Event, Fact, Record, Scalar, ScalarBlock, Skipped, TensorStat
from .scanner import Blank, Frame, Gap, Piece, Scanner
from .unpacking import Known, UnpackError, unpack, unpack_rows

MAX_HOLES = 16  # unfilled windows of a file that a tail looks at again: one for each process that still appends, and some dead ones
SMALLEST = 28  # bytes: a smaller hole holds nothing


class Journal(Recorder):
    """A recorder that takes records as readers give them."""

    def append(self, records: Iterable[Record]) -> None:
        """Write the records, all in one frame unless they are very many."""
        self.write(partial(_packed, record) for record in records)


def _packed(record: Record, packer: Packer) -> Iterable[bytes]:
    match record:
        case Scalar():
            where = Where(record.step, record.axis, record.epoch, record.time, record.rank)
            return [packer.scalar(record.name, record.value, where)]
        case ScalarBlock():
            columns = [_column(one) for one in (record.step, record.value, record.epoch, record.time)]
            return packer.block(record.name, columns, record.axis, record.rank)
        case Event(name, step, data, places):
            lines = {key: (one.file, one.line, one.code, one.function) for key, one in places.items()}
            return [packed_event(name, step, data, lines)]
        case Fact(name, value):
            return [packed_fact(name, value)]
        case TensorStat(tensor, kind, step, stats):
            return [packed_tensor(tensor, kind, step, stats)]
        case Skipped(reason, count, place):
            return [packed_skipped(reason, count, place)]
    raise PackError(f"{type(record).__name__} is no record")


def _column(values: np.ndarray | None) -> memoryview | None:
    return None if values is None else memoryview(np.ascontiguousarray(values, dtype="<f8").tobytes())


def read(path: Path | str) -> Iterator[Record]:
    """The records of a journal, in order; what could not be read is counted in `Skipped` records.

    Rows of numbers that follow each other come series by series. Raises `OSError` where the file cannot be opened. Memory does not
    grow with the file.
    """
    with Path(path).open("rb", buffering=0) as file:
        scanner, known = Scanner(), Known()
        for piece in scanner.scan(file):
            yield from _records(piece, known)
        if scanner.rest is not None:
            yield from _records(scanner.rest, known)


class Tail:
    """Follows a journal as it grows: each `read()` gives the records that have become whole since the last.

    `path` need not be there yet. Where the file was replaced by another, reading begins again.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._reset(None)

    def _reset(self, file: tuple[int, int] | None) -> None:
        self._file = file
        self._scanner = Scanner()
        self._holes: list[Scanner] = []
        self._known = Known()

    def read(self, at_most: int | None = None) -> list[Record]:
        """The records that are new; none where nothing is. Of a long journal, `at_most` so many bytes at once (about)."""
        found: list[Record] = []
        try:
            with self.path.open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                if (status.st_dev, status.st_ino) != self._file or status.st_size < self._scanner.at:
                    self._reset((status.st_dev, status.st_ino))
                holes, self._holes = self._holes, []
                for scanner in (*holes, self._scanner):
                    for piece in scanner.scan(file, at_most if scanner is self._scanner else None):
                        if isinstance(piece, Blank):
                            self._holes.append(Scanner(piece.start, piece.end))
                        else:
                            found.extend(_records(piece, self._known))
                    if scanner is not self._scanner:
                        self._holes.append(scanner)
                self._holes = [hole for hole in self._holes if hole.left >= SMALLEST][-MAX_HOLES:]
        except OSError:
            return found
        return found


def merge(paths: Sequence[Path | str]) -> Iterator[Record]:
    """The journals of the ranks of one run as one, in the order of the clock where they tell the time."""
    return merged_by_time([read(path) for path in paths])


def merged_by_time(journals: Sequence[Iterator[Record]]) -> Iterator[Record]:
    """Records of several journals in the order of the clock; one that tells no time stays where it is in its own."""

    def timed(journal: Iterator[Record], number: int) -> Iterator[tuple[float, int, int, Record]]:
        clock = float("-inf")
        for place, record in enumerate(journal):
            if isinstance(record, Scalar) and record.time is not None and record.time > clock:
                clock = record.time
            elif isinstance(record, ScalarBlock) and record.time is not None and len(record.time):
                first = float(record.time[0])
                clock = max(clock, first)
            yield clock, number, place, record

    for _, _, _, record in merged(*(timed(journal, number) for number, journal in enumerate(journals))):
        yield record


def _records(piece: Piece, known: Known) -> list[Record]:
    """What a piece of the file holds, or how much of it is lost."""
    if isinstance(piece, Blank):
        return []
    where = f"byte {piece.start}"
    if isinstance(piece, Gap):
        return [Skipped("cut-off-last-record" if piece.final else "damaged-record", 1, where)]
    try:
        if isinstance(piece, Frame):
            records, unnamed = unpack(piece.payload, piece.session, known)
        else:
            records, unnamed = unpack_rows(piece.view, piece.rows, known)
    except UnpackError:
        return [Skipped("damaged-record", 1, where)]
    if unnamed:
        records.append(Skipped("unnamed-value", unnamed, where))
    return records
