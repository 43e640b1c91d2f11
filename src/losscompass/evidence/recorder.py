"""Writes a journal, with nothing but the standard library: a watched script must find nothing loaded that it did not load itself.

    recorder = Recorder("run/journal.lcj")
    row = recorder.layout(("train/loss", "lr"))
    row(0, 2.31, 0.001)
    recorder.event("run-start", 0, {"name": "first"})

A file grows by windows: zeros that are appended (so that a full disk shows as an error, never as a signal in the middle of a step), then
mapped into memory and filled from the front. A record is in the file, for every other process and after any death of this one, as soon as
the call returns. What is left of the last window is cut off at the end. Where files cannot be mapped, records are written one by one.
"""

import mmap
import os
import struct
import sys
import threading
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import sleep
from time import time as clock
from typing import Protocol, Self

from .frames import MAGIC, MAX_PAYLOAD, framed, row_head, row_size
from .packing import Packer, Where, packed_event, packed_fact, packed_layout, packed_skipped, packed_tensor

if sys.platform != "win32":
    import fcntl

WINDOW = (
    1 << 18
)  # bytes appended at once: dear enough to be rare (every 7,000 rows), small enough to be looked at again and again
REPEATS = 8  # names and layouts are written again in a window that comes this many times their size behind the last

Item = Callable[[Packer], Iterable[bytes]]
"""A record to be: packs itself with the names of the session."""


class Row(Protocol):
    """Writes one row: the step, and a number for each name of the layout. Never raises."""

    def __call__(self, step: float, /, *values: float) -> None: ...


class _Window:
    """The space that is being filled. A row finds no room in an empty one and takes the long way."""

    __slots__ = ("at", "base", "end", "space")

    def __init__(self) -> None:
        self.space: mmap.mmap | None = None
        self.base = 0  # byte of the file where the mapped space begins
        self.at = 0  # byte of the space that is written next
        self.end = 0

    def move(self, space: mmap.mmap | None, base: int, at: int, end: int) -> None:
        """Go on elsewhere. The old space is not closed: a record that a signal interrupted may be about to fill its part of it."""
        self.end = 0
        self.space, self.base, self.at, self.end = space, base, at, end


class Recorder:
    """Appends to the journal at `path`, making it and its folder if they are not there.

    Several processes and threads may append to one file: each process fills windows of its own and numbers its own names. A forked
    child records nothing. Nothing here raises: `stopped` says why nothing is recorded any more, `dropped` counts the records (of a
    row: the values) that could not be written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.stopped: str | None = None
        self.dropped = 0
        self._lock = threading.RLock()  # a signal's handler may record in the middle of a record
        self._window = _Window()
        self._mapping = sys.platform != "win32"  # a mapped file cannot be cut there
        self._claiming = False
        self._session = int.from_bytes(os.urandom(4), "little")
        self._packer = Packer()
        self._layouts: dict[int, bytes] = {}  # key to definition
        self._rows: dict[tuple[tuple[str, ...], str, int], Row] = {}
        self._unrepeated = 0  # bytes since names and layouts were written
        self._repeat_after = 1
        self._end = 0
        self._file = -1
        try:
            self._open()
        except (OSError, ValueError) as error:
            self._stop(error)
        with _registry:
            _recorders.add(self)

    def layout(self, names: Sequence[str], *, axis: str = "step", rank: int = 0) -> Row:
        """A function that writes a row of numbers under these names, as cheaply as it can be done.

        Asked again for the same names, it gives the same function. The row bears the time of the call.
        """
        with self._lock:
            try:
                wanted = (tuple(names), axis, rank)
                if wanted not in self._rows:
                    self._rows[wanted] = self._new_row(*wanted)
                return self._rows[wanted]
            except Exception:  # noqa: BLE001 - whatever it was given, the run goes on
                return self._drop

    def scalar(
        self,
        name: str,
        step: float,
        value: float,
        *,
        axis: str = "step",
        epoch: float | None = None,
        time: float | None = None,
        rank: int = 0,
    ) -> None:
        """One number that comes rarely; `layout` is for those that come at every step. `time`: seconds since 1970."""
        where = Where(step, axis, epoch, time, rank)
        self.write([lambda packer: [packer.scalar(name, value, where)]])

    def event(
        self,
        name: str,
        step: float | None = None,
        data: Mapping[str, object] | None = None,
        places: Mapping[str, Sequence[object]] | None = None,
    ) -> None:
        """Something that happened. `places`: key to file, line, the line itself, function."""
        self.write([lambda _: [packed_event(name, step, data or {}, places or {})]])

    def fact(self, name: str, value: str | float | bool) -> None:
        """Something that holds for the whole run."""
        self.write([lambda _: [packed_fact(name, value)]])

    def tensor(self, tensor: str, kind: str, step: float, stats: Mapping[str, float]) -> None:
        """Statistics of one tensor at one step. `kind`: weight, gradient, update or activation."""
        self.write([lambda _: [packed_tensor(tensor, kind, step, stats)]])

    def skipped(self, reason: str, count: int = 1, where: str = "") -> None:
        """What could not be used."""
        self.write([lambda _: [packed_skipped(reason, count, where)]])

    def block(self, name: str, columns: Sequence[memoryview | None], *, axis: str = "step", rank: int = 0) -> None:
        """Many numbers of one name: step, value, and epoch and time or None, each as the bytes of little-endian doubles."""
        self.write([lambda packer: packer.block(name, columns, axis, rank)])

    def write(self, items: Iterable[Item]) -> None:
        """Write records, all in one frame unless they are very many."""
        if self.stopped is not None:
            self.dropped += sum(1 for _ in items)
            return
        with self._lock:
            for payload, records in self._payloads(items):
                self._put(framed(payload, self._session), records)

    @property
    def position(self) -> int:
        """The byte of the file behind what was recorded last."""
        with self._lock:
            if self._window.space is not None:
                self._end = self._window.base + self._window.at
            return self._end

    def close(self) -> None:
        """End the recording, and give back the space that was not used."""
        with self._lock:
            self._stop(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._file = os.open(self.path, flags, 0o644)
        self._share()
        if os.fstat(self._file).st_size == 0:
            os.write(self._file, MAGIC)
        self._end = os.fstat(self._file).st_size

    def _new_row(self, names: tuple[str, ...], axis: str, rank: int) -> Row:
        key = int.from_bytes(os.urandom(4), "little")
        definition = packed_layout(key, names, axis, rank)
        self._put(framed(definition, self._session), 0)
        self._layouts[key] = definition
        # Everything that a row needs is a local of this call: an attribute more costs it a twentieth.
        head, size, columns = row_head(key, len(names)), row_size(len(names)), len(names)
        pack = struct.Struct(f"<Q{2 + columns}d").pack
        seal = struct.Struct(f"<{size - 4}sI").pack_into
        lock, window, now, crc32 = self._lock, self._window, clock, zlib.crc32

        def row(step: float, /, *values: float) -> None:
            try:
                data = pack(head, step, now(), *values)
                with lock:
                    at, space = window.at, window.space
                    after = at + size
                    if after <= window.end and space is not None:
                        window.at = (
                            after  # before the bytes: a signal's handler that records here finds room of its own
                        )
                        seal(space, at, data, crc32(data))
                    else:
                        self._put(data + crc32(data).to_bytes(4, "little"), columns)
            except Exception:  # noqa: BLE001 - whatever it was given, the run goes on
                self.dropped += columns

        return row

    def _drop(self, _: float, /, *values: float) -> None:
        self.dropped += len(values)

    def _payloads(self, items: Iterable[Item]) -> Iterator[tuple[bytes, int]]:
        """The records packed, and how many; a new payload is begun where one holds half of what it may (an item is no larger)."""
        pending, records = bytearray(), 0
        self._packer.begin_payload()
        for item in items:
            try:
                for part in item(self._packer):
                    if len(pending) > MAX_PAYLOAD // 4:
                        yield bytes(pending), records
                        pending.clear()
                        records = 0
                        self._packer.begin_payload()
                    pending += part
                records += 1
            except Exception:  # noqa: BLE001 - whatever it was given, the run goes on
                self.dropped += 1
        if pending:
            yield bytes(pending), records

    def _definitions(self) -> Iterator[bytes]:
        """Frames with all names and layouts so far."""
        pending = bytearray()
        for definition in (*self._packer.definitions(), *self._layouts.values()):
            pending += definition
            if len(pending) > MAX_PAYLOAD // 4:
                yield framed(bytes(pending), self._session)
                pending.clear()
        if pending:
            yield framed(bytes(pending), self._session)

    def _put(self, data: bytes, records: int) -> None:
        """Write bytes that belong together, in a window if files can be mapped."""
        window = self._window
        if self._claiming:  # a signal's handler, in the middle of a claim
            self.dropped += records
            return
        if self.stopped is None and window.at + len(data) > window.end:
            self._begin_window(len(data))
        if self.stopped is not None:
            self.dropped += records
        elif window.space is not None:
            at = window.at
            window.at = at + len(data)
            window.space[at : at + len(data)] = data
        else:
            self._append(data, records)

    def _begin_window(self, size: int) -> None:
        """Space for that many bytes at least, behind all names and layouts if they have not been written for long."""
        again = b""
        if self._unrepeated >= self._repeat_after:
            again = b"".join(self._definitions())
            self._unrepeated, self._repeat_after = 0, max(WINDOW, REPEATS * len(again))
        self._claiming = True
        try:
            if self._mapping:
                self._claim(len(again) + size)
                self._unrepeated += self._window.end - self._window.at
            else:
                self._unrepeated += size
        except Exception as error:  # noqa: BLE001 - no memory, for one: the run goes on
            self._stop(error)
        finally:
            self._claiming = False
        if again and self.stopped is None:
            self._put(again, 0)

    def _claim(self, size: int) -> None:
        """Append zeros and map them. Appending is atomic: what other processes claim lies elsewhere."""
        if _identity(self.path.stat()) != _identity(os.fstat(self._file)):
            raise OSError("the file is another now")
        if self._window.end - self._window.at > mmap.PAGESIZE:
            self._cut()
        wanted = max(WINDOW, size)
        taken = os.write(self._file, bytes(wanted))  # fewer where the disk or a limit ends
        end = os.lseek(self._file, 0, os.SEEK_CUR)
        start = end - taken
        base = start - start % mmap.ALLOCATIONGRANULARITY
        self._window.move(None, 0, 0, 0)
        self._end = start
        if taken < size:
            self._cut_to(start, end)
            raise OSError("the disk is full")
        try:
            flags = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
            space = mmap.mmap(self._file, end - base, flags, offset=base)
        except (OSError, ValueError):
            self._mapping = False  # some file systems cannot: one write a record is always possible
            self._cut_to(start, end)
        else:
            self._window.move(space, base, start - base, end - base)

    def _append(self, data: bytes, records: int) -> None:
        error: Exception | None = None
        try:
            if os.write(self._file, data) != len(
                data
            ):  # a disk that fills up takes a part; what it took is a frame cut off
                error = OSError("the disk is full")
            self._end = os.lseek(self._file, 0, os.SEEK_CUR)
        except (OSError, ValueError) as raised:
            error = raised
        if error is not None:
            self.dropped += records
            self._stop(error)

    def _share(self) -> None:
        """As long as a process appends to a file, no other may cut it: a shared lock, which a cut needs alone."""
        if sys.platform != "win32":
            for _ in range(
                50
            ):  # a cut takes microseconds; one that takes longer is of a process that was stopped in it
                try:
                    fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    sleep(1e-3)
                except OSError:
                    return  # a file system without locks: nobody can cut either
                else:
                    return
            self._mapping = False  # bytes that are cut off while they are mapped would end the process

    def _cut(self) -> None:
        """Give back what is left of the window."""
        window = self._window
        if window.space is not None:
            end, window.end = window.base + window.end, 0  # first: the handler of a signal finds no room here any more
            self._cut_to(window.base + window.at, end)

    def _cut_to(self, at: int, end: int) -> None:
        """Cut the file if it ends at `end` and nobody else appends to it: zeros that stay are no harm."""
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(self._file).st_size == end:
                    os.ftruncate(self._file, at)
            except OSError:
                pass
            finally:
                self._share()  # a lock that could not be raised may be lost

    def _stop(self, error: Exception | None) -> None:
        """End the recording, for that reason."""
        if self.stopped is None:
            self.stopped = "closed" if error is None else str(error) or type(error).__name__
        if self._file >= 0:
            self._end = self.position
            self._cut()
            self._leave()

    def _leave(self) -> None:
        self._window.move(None, 0, 0, 0)
        with suppress(OSError):
            os.close(self._file)
        self._file = -1

    def _forget(self) -> None:
        """In a forked child: the file is the parent's."""
        self.stopped = self.stopped or "a forked process records nothing"
        if self._file >= 0:
            self._leave()


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


# A fork copies locks as they are: all are taken before it, so that none is left locked for ever by a thread that the child lacks.
_registry = threading.RLock()
_recorders: "weakref.WeakSet[Recorder]" = weakref.WeakSet()
_held: list[Recorder] = []


def _before_fork() -> None:
    _registry.acquire()
    _held[:] = _recorders
    for recorder in _held:
        recorder._lock.acquire()  # noqa: SLF001 - its own module


def _after_fork(*, child: bool) -> None:
    for recorder in _held:
        if child:
            recorder._forget()  # noqa: SLF001 - its own module
        recorder._lock.release()  # noqa: SLF001 - its own module
    _held.clear()
    _registry.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=lambda: _after_fork(child=False),
        after_in_child=lambda: _after_fork(child=True),
    )
