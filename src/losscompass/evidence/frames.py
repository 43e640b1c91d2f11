"""Frames: the unit that is written at once and survives or is lost at once.

A journal is the file mark `MAGIC` and frames after it, little-endian:

    mark (2 bytes) · check of the next 12 bytes (2) · length of the payload (4) · session (4) · CRC-32 of the payload (4) · payload

A frame that was cut off by a crash is followed by nothing, or by the frames of a later session. A damaged one is passed
over: the next whole frame is found by its mark and its two checks.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\x89LCJ\r\n\x1a\x01"  # as PNG does: seen as binary, and damaged visibly by anything that mends line ends
MARK = b"\xc5\x9e"
HEADER = struct.Struct("<2sHIII")
MAX_PAYLOAD = 1 << 20  # bytes; a block of more is written as several frames
MAX_FAILURES = 4096  # payload checks that may fail before the rest of a file is given up: damage must not cost hours

_CHECKED = struct.Struct("<III")


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame: the byte of the file where it starts, who wrote it, what it holds."""

    start: int
    session: int
    payload: memoryview


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of the file that are no whole frame. `final`: nothing whole follows (cut off, or still being written)."""

    start: int
    end: int
    final: bool


def framed(payload: bytes, session: int) -> bytes:
    """The payload as a frame."""
    checked = _CHECKED.pack(len(payload), session, zlib.crc32(payload))
    return HEADER.pack(MARK, zlib.crc32(checked) & 0xFFFF, len(payload), session, zlib.crc32(payload)) + payload


class Scanner:
    """Finds the frames of a file that is handed over piece by piece. Holds at most one frame's bytes back."""

    def __init__(self, at: int = 0) -> None:
        self.start = at
        self._at = at  # where in the file the bytes held back begin
        self._held = b""
        self._gap: int | None = None  # where the damage began that is being passed over
        self._failures = 0

    def feed(self, data: bytes) -> Iterator[Frame | Gap]:
        """The frames that have become whole, and the gaps before them."""
        buffer = self._held + data
        view = memoryview(buffer)
        base, at = self._at, 0
        while True:
            start = self._next_whole(buffer, view, at)
            if start is None:
                break
            if start > at and self._gap is None:
                self._gap = base + at
            if self._gap is not None:
                yield Gap(self._gap, base + start, final=False)
                self._gap = None
            length, session, _ = _header(view, start) or (0, 0, 0)
            begins = start + HEADER.size
            yield Frame(base + start, session, view[begins : begins + length])
            at = begins + length
        keep = self._unfinished(buffer, view, at)
        if keep > at and self._gap is None:
            self._gap = base + at
        self._at, self._held = base + keep, buffer[keep:]

    def rest(self) -> Gap | None:
        """What is left at the end of the file, if anything."""
        end = self._at + len(self._held)
        start = self._at if self._gap is None else self._gap
        return Gap(start, end, final=True) if end > start else None

    def _next_whole(self, buffer: bytes, view: memoryview, at: int) -> int | None:
        """The first byte from `at` where a whole frame stands."""
        while at >= 0 and self._failures < MAX_FAILURES:
            header = _header(view, at)
            if header is not None and len(view) - at >= HEADER.size + header[0]:
                if zlib.crc32(view[at + HEADER.size : at + HEADER.size + header[0]]) == header[2]:
                    return at
                self._failures += 1
            at = buffer.find(MARK, at + 1)
        return None

    def _unfinished(self, buffer: bytes, view: memoryview, at: int) -> int:
        """The first byte from `at` where a frame may stand that is not whole yet."""
        while 0 <= at < len(buffer) and self._failures < MAX_FAILURES:
            header = _header(view, at)
            if len(view) - at < HEADER.size or (header is not None and len(view) - at < HEADER.size + header[0]):
                return at
            found = buffer.find(MARK, at + 1)
            if found < 0:
                return max(at, len(buffer) - 1) if buffer[-1:] == MARK[:1] else len(buffer)
            at = found
        return len(buffer)


def _header(view: memoryview, at: int) -> tuple[int, int, int] | None:
    """Length, session and check of a header, None if there is none."""
    if len(view) - at < HEADER.size:
        return None
    mark, check, length, session, crc = HEADER.unpack_from(view, at)
    if mark != MARK or length > MAX_PAYLOAD or zlib.crc32(view[at + 4 : at + HEADER.size]) & 0xFFFF != check:
        return None
    return length, session, crc
