"""Finds what is whole in a file that may be damaged, and that may grow while it is read.

A frame or row that was cut off by a crash is followed by nothing, by zeros, or by what a later session wrote. A damaged one is passed over: the
next whole one is found by its mark and its checks. What is being written at this moment looks like either; before anything is
passed over, it is therefore read once more.
"""

import os
import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from .frames import HEADER, MAGIC, MAX_PAYLOAD, ROW_HEAD, WHOLE_ROW, frame_header, row_size_at

READ = 4 << 20  # bytes read at once: more than two frames
STREAK = 16  # rows of one layout in a row from which on many are looked at together
MAX_STALLS = 3  # times that a place is read again where something was being written
MAX_WASTE = 1 << 30  # bytes whose checks may fail in one pass before the rest is given up: damage must not cost hours

_MARKS = re.compile(rb"\xc5[\x9e\x9f]")
_NOT_ZERO = re.compile(rb"[^\0]")
_LARGEST = HEADER.size + MAX_PAYLOAD


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame: the byte of the file where it starts, who wrote it, what it holds."""

    start: int
    session: int
    payload: memoryview


@dataclass(frozen=True, slots=True)
class Rows:
    """Whole rows with nothing but rows between them: for the head of each layout, the bytes of `view` where they begin."""

    start: int
    view: memoryview
    rows: dict[bytes, list[int]]


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of the file that are nothing whole. `final`: nothing whole follows (cut off, or still being written)."""

    start: int
    end: int
    final: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """Zeros with something whole behind them: space that its writer may still fill, or has left."""

    start: int
    end: int


Piece = Frame | Rows | Gap | Blank


class Scanner:
    """Reads a file from byte `at` on (to `end`, or as far as it goes): again and again, if it grows."""

    def __init__(self, at: int = 0, end: int | None = None) -> None:
        self.at = at  # all before is settled
        self.end = end
        self.rest: Gap | None = None  # what the last pass found at the end and could make nothing of
        self._gap: int | None = None  # where damage began that is larger than what is read at once
        self._waste = 0

    def scan(self, file: BinaryIO, at_most: int | None = None) -> Iterator[Piece]:
        """What has become whole since the last pass, in the order of the file; of `at_most` so many bytes (about)."""
        begun = self.at
        stop = os.fstat(file.fileno()).st_size
        if self.end is not None:
            stop = min(stop, self.end)
        self._waste = 0
        self.rest = None
        stalled = 0
        while self.at < stop and stalled <= MAX_STALLS:
            if at_most is not None and self.at - begun >= at_most:
                return
            start = self.at
            buffer = _read(file, start, min(READ, stop - start))
            ended = yield from self._scan(file, buffer, start, last=start + len(buffer) >= stop)
            if ended:
                return
            stalled = stalled + 1 if self.at == start else 0

    @property
    def left(self) -> int:
        """Bytes up to `end`."""
        return max(0, self.end - self.at) if self.end is not None else 0

    def _scan(self, file: BinaryIO, buffer: bytes, base: int, *, last: bool) -> Generator[Piece, None, bool]:
        """The pieces of one read, and whether there is nothing to be had behind it. Moves `at` as far as all is settled."""
        view = memoryview(buffer)
        at = 0
        while True:
            rows, after = _rows(view, at)
            if rows:
                yield Rows(base + at, view, rows)
            elif length := _frame(view, at):
                _, session, _ = frame_header(view, at) or (0, 0, 0)
                after = at + length
                yield Frame(base + at, session, view[at + HEADER.size : after])
            elif buffer.startswith(MAGIC, at):
                after = at + len(MAGIC)
            if after > at:
                at = after
                self.at = base + at
                continue
            if at == len(buffer) or (not last and len(buffer) - at < _LARGEST):
                return last  # the rest is read again, with what follows
            content = _content(buffer, at)
            found = self._next_whole(buffer, view, max(content, at + 1))
            if found is None:
                self._no_more(buffer, at, content, base, last=last)
                return last
            if _read(file, base + at, found - at) != buffer[at:found]:
                return False  # it was being written
            if self._gap is not None:
                yield Gap(self._gap, base + found, final=False)
            else:
                if content > at:
                    yield Blank(base + at, base + content)
                if content < found:
                    yield Gap(base + content, base + found, final=False)
            self._gap = None
            at = found
            self.at = base + at

    def _next_whole(self, buffer: bytes, view: memoryview, at: int) -> int | None:
        """The first byte from `at` where something whole stands."""
        for match in _MARKS.finditer(buffer, at):
            found = match.start()
            size = row_size_at(view, found)
            if _frame(view, found) or (size and _whole_rows(view, found, size, 1)):
                return found
            header = frame_header(view, found)
            self._waste += 1024 + (header[0] if header is not None else size)
            if self._waste > MAX_WASTE:
                return None
        return None

    def _no_more(self, buffer: bytes, at: int, content: int, base: int, *, last: bool) -> None:
        """Nothing whole from `at` on: wait for more if this is the end of the file, else go on behind."""
        if last:
            if self._gap is not None or content < len(buffer):
                begin = base + content if self._gap is None else self._gap
                self.rest = Gap(begin, base + len(buffer), final=True)
        else:
            if self._gap is None:
                self._gap = base + at
            self.at = max(base + at + 1, base + len(buffer) - _LARGEST)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _content(buffer: bytes, at: int) -> int:
    """The first byte from `at` that is not zero, the end if there is none."""
    if buffer[at]:
        return at
    if buffer.count(0, at) == len(buffer) - at:  # ten times as fast, and usual
        return len(buffer)
    match = _NOT_ZERO.search(buffer, at)
    return len(buffer) if match is None else match.start()


def _frame(view: memoryview, at: int) -> int:
    """Bytes of the whole frame at `at`, 0 if there is none."""
    header = frame_header(view, at)
    if header is None or len(view) - at < HEADER.size + header[0]:
        return 0
    payload = view[at + HEADER.size : at + HEADER.size + header[0]]
    return HEADER.size + header[0] if zlib.crc32(payload) == header[2] else 0


def _rows(view: memoryview, at: int) -> tuple[dict[bytes, list[int]], int]:
    """The whole rows from `at` on, by the head of their layout, and the byte behind them."""
    found: dict[bytes, tuple[int, list[int]]] = {}
    crc32, stop = zlib.crc32, len(view)
    before, streak = b"", 0
    while at < stop:
        head = bytes(view[at : at + ROW_HEAD.size])
        known = found.get(head)
        size, starts = known or (row_size_at(view, at), [])
        if not size or at + size > stop or crc32(view[at : at + size]) != WHOLE_ROW:
            break
        if known is None:
            found[head] = size, starts
        starts.append(at)
        at += size
        if head != before:
            before, streak = head, 0
            continue
        streak += 1
        if streak >= STREAK:
            more = _alike(view, at, size, head, streak)
            starts.extend(range(at, at + more * size, size))
            at += more * size
            streak = streak + more if more == streak else 0
    return {head: starts for head, (_, starts) in found.items()}, at


def _alike(view: memoryview, at: int, size: int, head: bytes, limit: int) -> int:
    """How many whole rows of that head follow, at most `limit`."""
    count = min(limit, (len(view) - at) // size)
    table = np.frombuffer(view[at : at + count * size], np.uint8).reshape(count, size)
    differs = (table[:, : len(head)] != np.frombuffer(head, np.uint8)).any(axis=1)
    return _whole_rows(view, at, size, int(differs.argmax()) if differs.any() else count)


def _whole_rows(view: memoryview, at: int, size: int, limit: int) -> int:
    """How many rows from `at` on are all there, as they were written, at most `limit`."""
    crc32 = zlib.crc32
    for start in range(at, min(at + limit * size, len(view) - size + 1), size):
        if crc32(view[start : start + size]) != WHOLE_ROW:
            return (start - at) // size
    return min(limit, max(0, len(view) - at) // size)
