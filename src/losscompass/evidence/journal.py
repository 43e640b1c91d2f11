"""The journal: a file that a run appends to and that others read while it grows.

One `append` is one `write()` of one frame: after a crash at any byte the file reads to the last whole frame. Nothing that
happens to the file reaches the run: a full disk ends the recording, never the training.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge as merged
from pathlib import Path
from typing import Self

from .frames import MAGIC, MAX_PAYLOAD, Frame, Gap, Scanner, framed
from .packing import Packer, UnpackError, unpack
from .records import Record, Scalar, ScalarBlock, Skipped

CHUNK = 1 << 20  # bytes read at once
REPEAT_NAMES = 1024  # frames after which all names are written again: what one damaged frame can take with it


class Journal:
    """Appends to the journal at `path`, making it and its folder if they are not there.

    Several processes may append to one file: each write is whole, and each session numbers its own names. Nothing here
    raises: `stopped` says why nothing is recorded any more, `dropped` counts the records that could not be written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.stopped: str | None = None
        self.dropped = 0
        self._lock = threading.Lock()
        self._file = -1
        self._begin_session()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            self._file = os.open(self.path, flags, 0o644)
            if os.fstat(self._file).st_size == 0:
                self._write(MAGIC)
        except (OSError, ValueError) as error:
            self._stop(error)

    def append(self, records: Iterable[Record]) -> None:
        """Write the records, all in one frame unless they are very many."""
        if self.stopped is not None:
            self.dropped += sum(1 for _ in records)
            return
        with self._lock:
            if os.getpid() != self._process:
                self._begin_session()  # a forked child: its names are its own
            for payload in self._payloads(records):
                if self.stopped is None:
                    self._write(framed(payload, self._session))

    def close(self) -> None:
        """End the recording."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
            self.stopped = self.stopped or "closed"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin_session(self) -> None:
        self._process = os.getpid()
        self._session = int.from_bytes(os.urandom(4), "little")
        self._packer = Packer()
        self._frames = 0

    def _payloads(self, records: Iterable[Record]) -> Iterator[bytes]:
        """The records packed, a new payload begun where one holds half of what it may (an item is no larger)."""
        pending = bytearray()
        self._packer.begin_payload()
        if self._frames and self._frames % REPEAT_NAMES == 0:
            pending += self._packer.definitions()
        for record in records:
            try:
                for item in self._packer.pack(record):
                    if len(pending) > MAX_PAYLOAD // 4:
                        yield bytes(pending)
                        pending.clear()
                        self._packer.begin_payload()
                    pending += item
            except Exception:  # noqa: BLE001 - whatever it was given, the run goes on
                self.dropped += 1
        if pending:
            yield bytes(pending)

    def _write(self, data: bytes) -> None:
        try:
            written = os.write(self._file, data)
        except (OSError, ValueError) as error:
            self._stop(error)
            return
        self._frames += 1
        if written != len(data):  # a disk that fills up takes a part; what it took is a frame cut off
            self._stop(OSError("the disk is full"))

    def _stop(self, error: Exception) -> None:
        self.stopped = str(error) or type(error).__name__


def read(path: Path | str) -> Iterator[Record]:
    """The records of a journal, in order; what could not be read is counted in `Skipped` records.

    Raises `OSError` where the file cannot be opened. Memory does not grow with the file.
    """
    with Path(path).open("rb") as file:
        # A damaged file mark is no reason to give the frames up.
        scanner, names = Scanner(len(MAGIC) if file.read(len(MAGIC)) == MAGIC else 0), _Names()
        file.seek(scanner.start)
        while data := file.read(CHUNK):
            for piece in scanner.feed(data):
                yield from names.records(piece)
        rest = scanner.rest()
        if rest is not None:
            yield from names.records(rest)


class Tail:
    """Follows a journal as it grows: each `read()` gives the records that have become whole since the last.

    `path` need not be there yet. Where the file was replaced by another, reading begins again.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._reset()

    def _reset(self) -> None:
        self._at = 0
        self._file: tuple[int, int] | None = None
        self._scanner: Scanner | None = None
        self._names = _Names()

    def read(self, at_most: int | None = None) -> list[Record]:
        """The records that are new; none where nothing is. Of a long journal, `at_most` so many bytes at once (about)."""
        begun = self._at
        found: list[Record] = []
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                if (status.st_dev, status.st_ino) != self._file or status.st_size < self._at:
                    self._reset()
                    self._file = (status.st_dev, status.st_ino)
                file.seek(self._at)
                if self._scanner is None:
                    mark = file.read(len(MAGIC))
                    if MAGIC.startswith(mark) and mark != MAGIC:
                        return []  # not even the mark is whole
                    self._scanner = Scanner(len(MAGIC) if mark == MAGIC else 0)
                    self._at = self._scanner.start
                    file.seek(self._at)
                while data := file.read(CHUNK):
                    self._at += len(data)
                    for piece in self._scanner.feed(data):
                        found.extend(self._names.records(piece))
                    if at_most is not None and self._at - begun >= at_most:
                        break
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


class _Names:
    """The names that each session of a file has numbered so far."""

    def __init__(self) -> None:
        self._by_session: dict[int, dict[int, str]] = {}

    def records(self, piece: Frame | Gap) -> list[Record]:
        """What a piece of the file holds, or how much of it is lost."""
        where = f"byte {piece.start}"
        if isinstance(piece, Gap):
            return [Skipped("cut-off-last-record" if piece.final else "damaged-record", 1, where)]
        try:
            records, unnamed = unpack(piece.payload, self._by_session.setdefault(piece.session, {}))
        except UnpackError:
            return [Skipped("damaged-record", 1, where)]
        if unnamed:
            records.append(Skipped("unnamed-value", unnamed, where))
        return records
