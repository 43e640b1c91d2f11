"""Bytes as records: the way back from `packing` and from rows of numbers."""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from . import packing
from .frames import ROW_HEAD, row_size
from .records import Axis, Datum, Event, Fact, Place, Record, Scalar, ScalarBlock, Skipped, TensorStat

_AXES: tuple[Axis, ...] = get_args(Axis)
FEW_ROWS = 16  # rows that are records one by one rather than a block: what a live run adds between two looks


class UnpackError(ValueError):
    """A payload that no version of `packing` writes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the values of a row are."""

    names: tuple[str, ...]
    axis: Axis
    rank: int


@dataclass(slots=True)
class Known:
    """What a file has named so far: numbers for each session, layouts by their key."""

    names: dict[int, dict[int, str]] = field(default_factory=dict)
    layouts: dict[int, Layout] = field(default_factory=dict)


def unpack(payload: memoryview, session: int, known: Known) -> tuple[list[Record], int]:
    """The records of a payload, and how many scalars were lost because the name of their number is not known.

    Names and layouts that the payload defines are added to `known`.
    """
    records: list[Record] = []
    names = known.names.setdefault(session, {})
    unnamed = 0
    at = 0
    step, axis, epoch, time, rank = math.nan, _AXES[0], None, None, 0
    try:
        while at < len(payload):
            item = payload[at]
            if item == packing.SCALAR:
                _, number, value = packing.S_SCALAR.unpack_from(payload, at)
                at += packing.S_SCALAR.size
                name = names.get(number)
                if name is None:
                    unnamed += 1
                else:
                    records.append(Scalar(name, step, value, axis=axis, epoch=epoch, time=time, rank=rank))
            elif item == packing.POSITION:
                _, flags, step = packing.S_POSITION.unpack_from(payload, at)
                at += packing.S_POSITION.size
                axis, epoch, time, rank = _AXES[flags & 3], None, None, 0
                if flags & packing.HAS_EPOCH:
                    (epoch,) = packing.S_FLOAT.unpack_from(payload, at)
                    at += 8
                if flags & packing.HAS_TIME:
                    (time,) = packing.S_FLOAT.unpack_from(payload, at)
                    at += 8
                if flags & packing.HAS_RANK:
                    (rank,) = packing.S_RANK.unpack_from(payload, at)
                    at += 4
            elif item == packing.NAME:
                _, number, size = packing.S_NAME.unpack_from(payload, at)
                at += packing.S_NAME.size
                names[number] = _text(payload, at, size)
                at += size
            elif item == packing.LAYOUT:
                at = _add_layout(payload, at, known)
            elif item == packing.BLOCK:
                block, lost, at = _block(payload, at, names)
                unnamed += lost
                if block is not None:
                    records.append(block)
            elif item == packing.OBJECT:
                _, size = packing.S_OBJECT.unpack_from(payload, at)
                at += packing.S_OBJECT.size
                records.append(_object(bytes(payload[at : at + size])))
                at += size
            else:
                raise UnpackError(f"item {item} is not known")
    except (struct.error, ValueError, IndexError, TypeError, KeyError, RecursionError) as error:
        raise UnpackError(str(error)) from error
    return records, unnamed


def unpack_rows(view: memoryview, rows: Mapping[bytes, Sequence[int]], known: Known) -> tuple[list[Record], int]:
    """The records of rows in `view`, and how many values were lost because their layout is not known.

    `rows` maps the head of each layout to the bytes where its rows begin, in the order of the file.
    """
    records: list[Record] = []
    unnamed = 0
    for head, starts in rows.items():
        _, columns, key = ROW_HEAD.unpack(head)
        layout = known.layouts.get(key)
        if layout is None or len(layout.names) != columns:
            unnamed += columns * len(starts)
        elif len(starts) < FEW_ROWS:
            records.extend(_few(view, starts, layout))
        else:
            records.extend(_many(view, starts, layout))
    return records, unnamed


def _few(view: memoryview, starts: Sequence[int], layout: Layout) -> list[Record]:
    numbers = struct.Struct(f"<{2 + len(layout.names)}d")
    records: list[Record] = []
    for start in starts:
        step, time, *values = numbers.unpack_from(view, start + ROW_HEAD.size)
        records.extend(
            Scalar(name, step, value, axis=layout.axis, time=time, rank=layout.rank)
            for name, value in zip(layout.names, values, strict=True)
        )
    return records


def _many(view: memoryview, starts: Sequence[int], layout: Layout) -> list[Record]:
    size = row_size(len(layout.names))
    data = np.frombuffer(view, np.uint8)
    if starts[-1] - starts[0] == (len(starts) - 1) * size:  # nothing stands between them
        table = data[starts[0] : starts[-1] + size].reshape(-1, size)[:, ROW_HEAD.size : size - 4]
    else:
        table = data[np.asarray(starts)[:, np.newaxis] + np.arange(ROW_HEAD.size, size - 4)]
    numbers = np.ascontiguousarray(table).view("<f8").astype(np.float64, copy=False)
    step, time, *values = (np.ascontiguousarray(column) for column in numbers.T)
    return [
        ScalarBlock(name, step, value, axis=layout.axis, time=time, rank=layout.rank)
        for name, value in zip(layout.names, values, strict=True)
    ]


def _text(payload: memoryview, at: int, size: int) -> str:
    if at + size > len(payload):
        raise UnpackError("a name that is cut off")
    return bytes(payload[at : at + size]).decode("utf-8", "surrogatepass")


def _add_layout(payload: memoryview, at: int, known: Known) -> int:
    _, axis, key, rank, columns = packing.S_LAYOUT.unpack_from(payload, at)
    at += packing.S_LAYOUT.size
    names = []
    for _ in range(columns):
        (size,) = packing.S_LENGTH.unpack_from(payload, at)
        at += packing.S_LENGTH.size
        names.append(_text(payload, at, size))
        at += size
    known.layouts[key] = Layout(tuple(names), _AXES[axis], rank)
    return at


def _block(payload: memoryview, at: int, names: Mapping[int, str]) -> tuple[ScalarBlock | None, int, int]:
    _, flags, number, size, rank = packing.S_BLOCK.unpack_from(payload, at)
    at += packing.S_BLOCK.size
    columns = []
    for _ in range(2 + bool(flags & packing.HAS_EPOCH) + bool(flags & packing.HAS_TIME)):
        columns.append(np.frombuffer(payload, dtype="<f8", count=size, offset=at).astype(np.float64))
        at += 8 * size
    name = names.get(number)
    if name is None:
        return None, size, at
    step, value, *more = columns
    epoch = more.pop(0) if flags & packing.HAS_EPOCH else None
    time = more.pop(0) if flags & packing.HAS_TIME else None
    return ScalarBlock(name, step, value, axis=_AXES[flags & 3], epoch=epoch, time=time, rank=rank), 0, at


def _object(text: bytes) -> Record:
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
