"""Where each record of a TFRecord file lies: the chain of lengths, found fast, and found again after damage.

A record is its length (8 bytes), the masked CRC-32C of those 8 bytes (4), the payload, and the masked CRC-32C of the
payload (4). The length of one tells where the next begins, so the chain is walked, not searched. Two things make that
quick: a loop logs the same tags step after step, so once the lengths repeat, a whole window of positions is predicted
and every header is compared with the prediction at once; where they do not repeat, a plain loop walks on.

Where a header's checksum fails, the file is searched for the next place where one holds.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import Bool, Int64, UInt8, UInt64

from .crc32c import constant, crc32c, look_up, mask, pair_table, unmask

HEADER = 12
FOOTER = 4
MARGIN = 1 << 16  # zero bytes kept before and after a window's data, so that fixed-width views may overhang
_WINDOW = 1 << 24  # bytes read at a time
_LARGEST = 1 << 26  # bytes: a longer record holds images or a graph, never scalars, and is stepped over unread
_STRETCH = 256  # records walked before the lengths are first searched for a period
_LONGEST_STRETCH = 1 << 14
_HEADER = struct.Struct("<QI")


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where bytes could not be used."""

    byte: int  # position in the file
    cut_off: bool  # the file ends inside this record


@dataclass(slots=True)
class Window:
    """Whole records, as they lie in a piece of the file."""

    data: UInt8[np.ndarray, " size"]  # MARGIN bytes, the piece, MARGIN bytes
    base: int  # position in the file of data[0] (below 0 in the first window)
    start: Int64[np.ndarray, " n"]  # of each record's header in `data`, rising
    length: Int64[np.ndarray, " n"]  # of each payload
    damage: list[Damage] = field(default_factory=list)

    def payload(self, start: int, length: int) -> memoryview:
        """One record's payload."""
        return self.data.data[start + HEADER : start + HEADER + length]

    def intact(self, start: int, length: int) -> bool:
        """Whether one record's payload has the checksum that follows it."""
        end = start + HEADER + length
        return mask(crc32c(self.data.data[start + HEADER : end])) == int.from_bytes(
            self.data.data[end : end + FOOTER], "little"
        )


def header_holds(data: bytes) -> bool:
    """Whether `data` begins with a length whose checksum holds."""
    return len(data) >= HEADER and mask(crc32c(data[:8])) == int.from_bytes(data[8:HEADER], "little")


def find_header(data: bytes, size: int) -> int | None:
    """The first place in the beginning of a file of `size` bytes where a record's header holds."""
    padded = np.zeros(len(data) + HEADER, np.uint8)
    padded[: len(data)] = np.frombuffer(data, np.uint8)
    return search(padded, 0, len(data), size)


def windows(path: Path) -> Iterator[Window]:
    """The records of a file, window by window. The file may grow meanwhile: its size now is its end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        yield from _Walk(file, size).windows()


@dataclass(slots=True)
class _Pattern:
    """Lengths that repeat: those of one period, and each record's offset in it."""

    length: Int64[np.ndarray, " p"]
    offset: Int64[np.ndarray, " p"]
    header: UInt64[np.ndarray, "p 2"]
    total: int

    def rolled(self, by: int) -> "_Pattern":
        return _pattern(np.roll(self.length, -by))


def _pattern(length: Int64[np.ndarray, " p"]) -> _Pattern:
    ends = np.cumsum(length + (HEADER + FOOTER))
    checksum = np.array([_length_checksum(int(value)) for value in length], np.uint64)
    header = np.stack([length.astype(np.uint64), checksum], axis=1)
    return _Pattern(length, ends - length - (HEADER + FOOTER), header, int(ends[-1]))


def _length_checksum(length: int) -> int:
    return mask(crc32c(length.to_bytes(8, "little")))


class _Walk:
    """The state that is carried from window to window."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size
        self.known: dict[int, int] = {}  # length → its checksum, of lengths that were seen to hold
        self.pattern: _Pattern | None = None
        self.stretch = _STRETCH
        self.lost: int | None = None  # position in the file where the chain broke and has not been found again

    def windows(self) -> Iterator[Window]:
        position = 0  # in the file: of the next record, or of the next byte to search
        capacity = _WINDOW
        while position < self.size:
            wanted = min(capacity, self.size - position)
            data = np.zeros(MARGIN + wanted + MARGIN, np.uint8)
            self.file.seek(position)
            got = self.file.readinto(data.data[MARGIN : MARGIN + wanted])  # type: ignore[attr-defined]
            if got < wanted:  # the file shrank
                self.size = position + got
                if not got:
                    break
            window = Window(data, position - MARGIN, np.empty(0, np.int64), np.empty(0, np.int64))
            consumed = self._walk(window, MARGIN + got, final=position + got >= self.size)
            if consumed == MARGIN:  # not one whole record: it is longer than the window
                capacity *= 2
                continue
            capacity = _WINDOW
            position = window.base + consumed
            yield window
        if self.lost is not None:
            empty = np.empty(0, np.int64)
            yield Window(np.zeros(0, np.uint8), 0, empty, empty, [Damage(self.lost, cut_off=False)])

    def _walk(self, window: Window, end: int, *, final: bool) -> int:
        """Find the records before `end`; returns where the next window begins."""
        chunks: list[Int64[np.ndarray, " n"]] = []
        data = window.data
        at = MARGIN
        last = -1  # the last record found
        while True:
            if self.lost is not None:
                found = search(data, at, end, self.size - window.base)
                if found is None:
                    at = max(at, end - HEADER + 1) if not final else end
                    break
                window.damage.append(Damage(self.lost, cut_off=False))
                self.lost, at = None, found
            if self.pattern is not None:
                starts = _predicted(data, at, end, self.pattern)
                if starts.size:
                    chunks.append(starts)
                    last = int(starts[-1])
                    at = last + HEADER + FOOTER + int(self.pattern.length[(starts.size - 1) % self.pattern.length.size])
                enough = starts.size >= self.stretch
                self.stretch = _STRETCH if enough else min(2 * self.stretch, _LONGEST_STRETCH)
                self.pattern = self.pattern.rolled(starts.size) if enough else None
            starts_list, at, verdict = self._step(data, at, end)
            if starts_list:
                chunks.append(np.array(starts_list, np.int64))
                last = starts_list[-1]
            if verdict == "more":
                self.pattern = _period(gather(data, chunks[-1], 8).view("<i8")[:, 0])
                if self.pattern is None:
                    self.stretch = min(2 * self.stretch, _LONGEST_STRETCH)
                continue
            if verdict == "incomplete":
                if not final:
                    break
                # A valid header may still promise more bytes than there are because some were lost inside the record.
                inside = search(data, at + 1, end, self.size - window.base)
                window.damage.append(Damage(window.base + at, cut_off=inside is None))
                if inside is None:
                    at = end
                    break
                at = inside
            elif verdict == "huge":
                length = _length(data, at)
                if window.base + at + HEADER + FOOTER + length > self.size:
                    self.lost = window.base + at
                    at += 1
                    continue
                at += HEADER + FOOTER + length
                if at >= end:
                    break
            elif verdict == "end":
                break
            else:
                self.lost = window.base + at
                self.pattern = None
                # Bytes lost inside the record before make its own length wrong: then the chain goes on inside it.
                if last >= 0 and not window.intact(last, _length(data, last)):
                    at = last + 1
                else:
                    at += 1
        window.start = np.concatenate(chunks) if chunks else np.empty(0, np.int64)
        if not final and window.start.size > 1 and self.lost is None and not window.intact(last, _length(data, last)):
            # What follows tells where a record that lost bytes ends: it is read again with the next window.
            window.start, at = window.start[:-1], last
        window.length = gather(data, window.start, 8).view("<i8")[:, 0]
        return at

    def _step(self, data: UInt8[np.ndarray, " size"], at: int, end: int) -> tuple[list[int], int, str]:
        """Walk record by record: at most `stretch` of them, and say why it stopped."""
        starts: list[int] = []
        append, unpack, known, buffer = starts.append, _HEADER.unpack_from, self.known, data.data
        last_header = end - HEADER
        for _ in range(self.stretch):
            if at > last_header:
                return starts, at, "incomplete" if at < end else "end"
            length, checksum = unpack(buffer, at)
            if known.get(length) != checksum:
                if _length_checksum(length) != checksum:
                    return starts, at, "broken"
                if length > _LARGEST:
                    return starts, at, "huge"
                known[length] = checksum
            following = at + HEADER + FOOTER + length
            if following > end:
                return starts, at, "incomplete"
            append(at)
            at = following
        return starts, at, "more"


def gather(
    data: UInt8[np.ndarray, " size"], start: Int64[np.ndarray, " n"], width: int
) -> UInt8[np.ndarray, "n width"]:
    """The `width` bytes from each start, as rows: one copy of a fixed-size item each, no index per byte."""
    items = np.ndarray((data.size - width + 1,), f"V{width}", data.data, 0, (1,))
    rows: UInt8[np.ndarray, "n width"] = items[start].view(np.uint8).reshape(start.size, width)
    return rows


def _headers(data: UInt8[np.ndarray, " size"], start: Int64[np.ndarray, " n"]) -> UInt64[np.ndarray, "n 2"]:
    """Length and checksum of the headers at these places."""
    words = gather(data, start, 16).view("<u8")
    words[:, 1] &= 0xFFFFFFFF
    return words


def _predicted(data: UInt8[np.ndarray, " size"], at: int, end: int, pattern: _Pattern) -> Int64[np.ndarray, " n"]:
    """The starts of the records from `at` on that follow the pattern, up to the first that does not."""
    periods, rest = divmod(end - at, pattern.total)
    whole = pattern.offset + pattern.length + (HEADER + FOOTER)
    count = periods * pattern.length.size + int(np.searchsorted(whole, rest, side="right"))
    chunks: list[Int64[np.ndarray, " n"]] = []
    done, size = 0, max(1, 1024 // pattern.length.size)
    while done < count:
        begin = at + (done // pattern.length.size) * pattern.total
        grid = begin + np.arange(size, dtype=np.int64)[:, None] * pattern.total + pattern.offset
        start = grid.ravel()[: count - done]
        found = _headers(data, start)
        differs = np.zeros(start.size, bool)
        for column in (0, 1):
            differs |= found[:, column] != np.tile(pattern.header[:, column], size)[: start.size]
        if differs.any():
            chunks.append(start[: int(differs.argmax())])
            break
        chunks.append(start)
        done += start.size
        size *= 8
    return np.concatenate(chunks) if chunks else np.empty(0, np.int64)


def _period(length: Int64[np.ndarray, " n"]) -> _Pattern | None:
    """The shortest stretch of lengths that the second half repeats."""
    half = length.size // 2
    distances = np.flatnonzero(length[:-1][::-1] == length[-1]) + 1
    for distance in distances[distances <= length.size - half][:256].tolist():
        if np.array_equal(length[-half:], length[length.size - half - distance : length.size - distance]):
            return _pattern(length[-distance:])
    return None


def search(data: UInt8[np.ndarray, " size"], at: int, end: int, limit: int) -> int | None:
    """The first place in [at, end) where a header's checksum holds and whose record ends by `limit`."""
    begin, step = at, 1 << 9  # the next record is rarely far
    while begin <= end - HEADER:
        count = min(step, end - HEADER + 1 - begin)
        high = np.ndarray((count,), "<u4", data.data, begin + 4, (1,))
        candidates = np.flatnonzero(high == 0) + begin  # no record that matters is 4 GiB long
        if candidates.size:
            head = gather(data, candidates, HEADER + 4)
            low = head.view("<u2")
            checksum = look_up(pair_table(6), low[:, 0]) ^ look_up(pair_table(4), low[:, 1]) ^ np.uint32(constant(8))
            holds: Bool[np.ndarray, " n"] = unmask(head.view("<u4")[:, 2]) == checksum
            for candidate in candidates[holds].tolist():
                if candidate + HEADER + _length(data, candidate) + FOOTER <= limit:
                    return int(candidate)
        begin += count
        step = min(2 * step, 1 << 18)
    return None


def _length(data: UInt8[np.ndarray, " size"], start: int) -> int:
    return int.from_bytes(data[start : start + 8].tobytes(), "little")
