"""Records as bytes: numbers packed, the rest as JSON; names written once and then numbered.

A payload is a list of items, each with a byte that says what it is. `position` sets step, axis, epoch, time and rank for
the scalars after it, so that ten losses of one step share them: 9 + 11 × 10 bytes.
"""

import json
import math
import struct
from collections.abc import Iterator, MutableMapping
from typing import get_args

import numpy as np

from .records import Axis, Datum, Event, Fact, Place, Record, Scalar, ScalarBlock, Skipped, TensorStat

_NAME, _POSITION, _SCALAR, _BLOCK, _OBJECT = range(5)
_AXES: tuple[Axis, ...] = get_args(Axis)
_HAS_EPOCH, _HAS_TIME, _HAS_RANK = 4, 8, 16  # the low two bits are the axis

_S_NAME = struct.Struct("<BIH")  # item, number, bytes
_S_POSITION = struct.Struct("<BBd")  # item, flags, step
_S_SCALAR = struct.Struct("<BId")  # item, name, value
_S_BLOCK = struct.Struct("<BBIIi")  # item, flags, name, points, rank
_S_OBJECT = struct.Struct("<BI")  # item, bytes
_S_FLOAT = struct.Struct("<d")
_S_RANK = struct.Struct("<i")

BLOCK = 16_384  # points of a block that go into one frame
MAX_NAME_BYTES = 0xFFFF


class PackError(ValueError):
    """A record that cannot be written: not one of the types, or a name that is no text."""


class UnpackError(ValueError):
    """A payload that no version of `pack` writes."""


class Packer:
    """Packs the records of one session. Names are numbered in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._where: tuple[object, ...] | None = None

    def begin_payload(self) -> None:
        """A position holds within one payload only."""
        self._where = None

    def pack(self, record: Record) -> Iterator[bytes]:
        """Items of at most `4 * 8 * BLOCK` bytes and a name: one for most records, several for a long block."""
        if isinstance(record, Scalar):
            here = (record.step, record.axis, record.epoch, record.time, record.rank)
            position = b"" if here == self._where else _position(record)
            definition, number = self._number(record.name)
            item = definition + position + _S_SCALAR.pack(_SCALAR, number, record.value)
            self._numbers[record.name], self._where = number, here  # once nothing can fail any more
            yield item
        elif isinstance(record, ScalarBlock):
            definition, number = self._number(record.name)
            size = len(record.value)
            for start in range(0, max(size, 1), BLOCK):
                item = definition + _block(record, number, slice(start, min(start + BLOCK, size)))
                self._numbers[record.name], definition = number, b""
                yield item
        else:
            yield _object(record)

    def definitions(self) -> bytes:
        """All names so far, to be written again so that one damaged frame does not take all later ones with it."""
        return b"".join(_definition(name, number) for name, number in self._numbers.items())

    def _number(self, name: str) -> tuple[bytes, int]:
        number = self._numbers.get(name)
        if number is not None:
            return b"", number
        number = len(self._numbers)
        return _definition(name, number), number


def unpack(payload: memoryview, names: MutableMapping[int, str]) -> tuple[list[Record], int]:
    """The records of a payload, and how many scalars were lost because the name of their number is not known.

    `names` is what earlier payloads of the session have named; names found are added.
    """
    records: list[Record] = []
    unnamed = 0
    at = 0
    step, axis, epoch, time, rank = math.nan, _AXES[0], None, None, 0
    try:
        while at < len(payload):
            item = payload[at]
            if item == _SCALAR:
                _, number, value = _S_SCALAR.unpack_from(payload, at)
                at += _S_SCALAR.size
                name = names.get(number)
                if name is None:
                    unnamed += 1
                else:
                    records.append(Scalar(name, step, value, axis=axis, epoch=epoch, time=time, rank=rank))
            elif item == _POSITION:
                _, flags, step = _S_POSITION.unpack_from(payload, at)
                at += _S_POSITION.size
                axis, epoch, time, rank = _AXES[flags & 3], None, None, 0
                if flags & _HAS_EPOCH:
                    (epoch,) = _S_FLOAT.unpack_from(payload, at)
                    at += 8
                if flags & _HAS_TIME:
                    (time,) = _S_FLOAT.unpack_from(payload, at)
                    at += 8
                if flags & _HAS_RANK:
                    (rank,) = _S_RANK.unpack_from(payload, at)
                    at += 4
            elif item == _NAME:
                _, number, size = _S_NAME.unpack_from(payload, at)
                at += _S_NAME.size
                names[number] = bytes(payload[at : at + size]).decode("utf-8", "surrogatepass")
                at += size
            elif item == _BLOCK:
                block, lost, at = _unpacked_block(payload, at, names)
                unnamed += lost
                if block is not None:
                    records.append(block)
            elif item == _OBJECT:
                _, size = _S_OBJECT.unpack_from(payload, at)
                at += _S_OBJECT.size
                records.append(_unpacked_object(bytes(payload[at : at + size])))
                at += size
            else:
                raise UnpackError(f"item {item} is not known")
    except (struct.error, ValueError, IndexError, TypeError, KeyError) as error:
        raise UnpackError(str(error)) from error
    return records, unnamed


def _definition(name: str, number: int) -> bytes:
    if not isinstance(name, str):
        raise PackError(f"a name must be text, not {type(name).__name__}")
    text = name.encode("utf-8", "surrogatepass")
    if len(text) > MAX_NAME_BYTES:
        raise PackError("a name of more than 65,535 bytes")
    return _S_NAME.pack(_NAME, number, len(text)) + text


def _position(record: Scalar) -> bytes:
    flags = _AXES.index(record.axis)
    more = b""
    if record.epoch is not None:
        flags |= _HAS_EPOCH
        more += _S_FLOAT.pack(record.epoch)
    if record.time is not None:
        flags |= _HAS_TIME
        more += _S_FLOAT.pack(record.time)
    if record.rank:
        flags |= _HAS_RANK
        more += _S_RANK.pack(record.rank)
    return _S_POSITION.pack(_POSITION, flags, record.step) + more


def _block(record: ScalarBlock, number: int, part: slice) -> bytes:
    flags = _AXES.index(record.axis)
    columns = [record.step[part], record.value[part]]
    if record.epoch is not None:
        flags |= _HAS_EPOCH
        columns.append(record.epoch[part])
    if record.time is not None:
        flags |= _HAS_TIME
        columns.append(record.time[part])
    head = _S_BLOCK.pack(_BLOCK, flags, number, len(columns[1]), record.rank)
    return head + b"".join(np.ascontiguousarray(column, dtype="<f8").tobytes() for column in columns)


def _unpacked_block(
    payload: memoryview, at: int, names: MutableMapping[int, str]
) -> tuple[ScalarBlock | None, int, int]:
    _, flags, number, size, rank = _S_BLOCK.unpack_from(payload, at)
    at += _S_BLOCK.size
    columns = []
    for _ in range(2 + bool(flags & _HAS_EPOCH) + bool(flags & _HAS_TIME)):
        columns.append(np.frombuffer(payload, dtype="<f8", count=size, offset=at).astype(np.float64))
        at += 8 * size
    name = names.get(number)
    if name is None:
        return None, size, at
    step, value, *more = columns
    epoch = more.pop(0) if flags & _HAS_EPOCH else None
    time = more.pop(0) if flags & _HAS_TIME else None
    return ScalarBlock(name, step, value, axis=_AXES[flags & 3], epoch=epoch, time=time, rank=rank), 0, at


def _object(record: Record) -> bytes:
    match record:
        case Event(name, step, data, places):
            where = {key: [one.file, one.line, one.code, one.function] for key, one in places.items()}
            content: list[object] = ["event", name, step, dict(data), *([where] if where else [])]
        case Fact(name, value):
            content = ["fact", name, value]
        case TensorStat(tensor, kind, step, stats):
            content = ["tensor", tensor, kind, step, dict(stats)]
        case Skipped(reason, count, where):
            content = ["skipped", reason, count, where]
        case _:
            raise PackError(f"{type(record).__name__} is no record")
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
    return _S_OBJECT.pack(_OBJECT, len(text)) + text


def _unpacked_object(text: bytes) -> Record:
    kind, *fields = json.loads(text)
    match kind, fields:
        case "event", [str(name), step, dict(data), *where]:
            places = {key: Place(*one) for key, one in where[0].items()} if where else {}
            return Event(name, step, {key: _datum(one) for key, one in data.items()}, places)
        case "tensor", [str(tensor), ("weight" | "gradient" | "update" | "activation") as kind, step, dict(stats)]:
            return TensorStat(tensor, kind, step, stats)
        case "fact", [str(name), value]:
            return Fact(name, value)
        case "skipped", [str(reason), int(count), str(where)]:
            return Skipped(reason, count, where)
    raise UnpackError(f"{kind!r} is no record")


def _datum(value: object) -> Datum | tuple[Datum, ...]:
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]
