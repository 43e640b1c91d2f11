"""Plain values as bytes: numbers packed, the rest as JSON; names written once and then numbered.

A payload is a list of items, each with a byte that says what it is. `position` sets step, axis, epoch, time and rank for
the scalars after it, so that ten losses of one step share them: 9 + 11 × 10 bytes. A layout names the columns of rows.

Only the standard library is imported here: a watched script must find nothing loaded that it did not load itself.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .frames import MAX_COLUMNS, MAX_PAYLOAD

NAME, POSITION, SCALAR, BLOCK, OBJECT, LAYOUT = range(6)
AXES = ("step", "epoch", "row")  # `records.Axis`, as numbers
HAS_EPOCH, HAS_TIME, HAS_RANK = 4, 8, 16  # the low two bits are the axis

S_NAME = struct.Struct("<BIH")  # item, number, bytes
S_POSITION = struct.Struct("<BBd")  # item, flags, step
S_SCALAR = struct.Struct("<BId")  # item, name, value
S_BLOCK = struct.Struct("<BBIIi")  # item, flags, name, points, rank
S_OBJECT = struct.Struct("<BI")  # item, bytes
S_LAYOUT = struct.Struct("<BBIiH")  # item, axis, key, rank, columns
S_LENGTH = struct.Struct("<H")
S_FLOAT = struct.Struct("<d")
S_RANK = struct.Struct("<i")

BLOCK_POINTS = 16_384  # points of a block that go into one frame
MAX_NAME_BYTES = 0xFFFF

PlaceFields = tuple[str, int, str, str]
"""File, line, the line itself, function: the fields of `records.Place`."""


class PackError(ValueError):
    """A record that cannot be written: not one of the types, or a name that is no text."""


class Where(NamedTuple):
    """Where a scalar stands."""

    step: float
    axis: str = "step"
    epoch: float | None = None
    time: float | None = None
    rank: int = 0


class Packer:
    """Packs the records of one session. Names are numbered in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._where: Where | None = None

    def begin_payload(self) -> None:
        """A position holds within one payload only."""
        self._where = None

    def scalar(self, name: str, value: float, where: Where) -> bytes:
        """One number."""
        position = b"" if where == self._where else _position(where)
        definition, number = self._number(name)
        item = definition + position + S_SCALAR.pack(SCALAR, number, value)
        self._numbers[name], self._where = number, where  # once nothing can fail any more
        return item

    def block(
        self, name: str, columns: Sequence[memoryview | None], axis: str = "step", rank: int = 0
    ) -> Iterator[bytes]:
        """Many numbers of one name: several items of at most `BLOCK_POINTS` points each.

        `columns` are the bytes of step, value, epoch and time as little-endian doubles; the last two may be None.
        """
        flags = AXES.index(axis)
        for column, flag in zip(columns[2:], (HAS_EPOCH, HAS_TIME), strict=True):
            flags |= flag if column is not None else 0
        given = [column for column in columns if column is not None]
        size = len(given[0]) // 8
        if any(len(column) != 8 * size for column in given):
            raise PackError("the columns of a block differ in length")
        definition, number = self._number(name)
        for start in range(0, max(size, 1), BLOCK_POINTS):
            part = slice(8 * start, 8 * min(start + BLOCK_POINTS, size))
            head = S_BLOCK.pack(BLOCK, flags, number, (part.stop - part.start) // 8, rank)
            item = definition + head + b"".join(column[part] for column in given)
            self._numbers[name], definition = number, b""
            yield item

    def definitions(self) -> Iterator[bytes]:
        """All names so far, to be written again so that one damaged frame does not take all later ones with it."""
        for name, number in self._numbers.items():
            yield _definition(name, number)

    def _number(self, name: str) -> tuple[bytes, int]:
        number = self._numbers.get(name)
        if number is not None:
            return b"", number
        number = len(self._numbers)
        return _definition(name, number), number


def packed_layout(key: int, names: Sequence[str], axis: str, rank: int) -> bytes:
    """What the values of the rows of that key are called."""
    if not 0 < len(names) <= MAX_COLUMNS:
        raise PackError(f"a row has 1 to {MAX_COLUMNS} values")
    texts = [_text(name) for name in names]
    item = S_LAYOUT.pack(LAYOUT, AXES.index(axis), key, rank, len(texts))
    item += b"".join(S_LENGTH.pack(len(text)) + text for text in texts)
    if len(item) > MAX_PAYLOAD // 4:
        raise PackError("the names of a row are too long")
    return item


def packed_event(
    name: str, step: float | None, data: Mapping[str, object], places: Mapping[str, Sequence[object]]
) -> bytes:
    """Something that happened. `places` maps keys to `PlaceFields`."""
    where = {key: list(fields) for key, fields in places.items()}
    return _object(["event", name, step, dict(data), *([where] if where else [])])


def packed_fact(name: str, value: str | float | int | bool) -> bytes:  # noqa: PYI041 - an int stays one
    """Something that holds for the whole run."""
    return _object(["fact", name, value])


def packed_tensor(tensor: str, kind: str, step: float, stats: Mapping[str, float]) -> bytes:
    """Statistics of one tensor at one step."""
    return _object(["tensor", tensor, kind, step, dict(stats)])


def packed_skipped(reason: str, count: int, where: str) -> bytes:
    """What could not be used."""
    return _object(["skipped", reason, count, where])


def _text(name: str) -> bytes:
    if not isinstance(name, str):
        raise PackError(f"a name must be text, not {type(name).__name__}")
    text = name.encode("utf-8", "surrogatepass")
    if len(text) > MAX_NAME_BYTES:
        raise PackError("a name of more than 65,535 bytes")
    return text


def _definition(name: str, number: int) -> bytes:
    text = _text(name)
    return S_NAME.pack(NAME, number, len(text)) + text


def _position(where: Where) -> bytes:
    flags = AXES.index(where.axis)
    more = b""
    if where.epoch is not None:
        flags |= HAS_EPOCH
        more += S_FLOAT.pack(where.epoch)
    if where.time is not None:
        flags |= HAS_TIME
        more += S_FLOAT.pack(where.time)
    if where.rank:
        flags |= HAS_RANK
        more += S_RANK.pack(where.rank)
    return S_POSITION.pack(POSITION, flags, where.step) + more


def _object(content: list[object]) -> bytes:
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
    if len(text) > MAX_PAYLOAD // 2:
        raise PackError("a record of more than half a megabyte")
    return S_OBJECT.pack(OBJECT, len(text)) + text
