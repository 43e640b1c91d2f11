"""The wire form of protocol buffers, field by field, without any schema."""

from collections.abc import Iterator
from typing import NamedTuple

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class MalformedError(ValueError):
    """The bytes are not a protocol buffers message."""


class Field(NamedTuple):
    """One field: where its value lies, and, of a varint, what it is."""

    number: int
    wire: int
    start: int
    stop: int
    value: int  # of a varint; else 0


def varint(data: bytes | memoryview, at: int, stop: int) -> tuple[int, int]:
    """The unsigned number at a place, and the place after it."""
    result = shift = 0
    while at < stop:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7
        if shift > 63:
            break
    raise MalformedError


def fields(data: bytes | memoryview, at: int, stop: int) -> Iterator[Field]:
    """The fields of the message between two places. Raises `MalformedError` where it is none."""
    while at < stop:
        key = data[at]
        at += 1
        if key >= 0x80:
            key, at = varint(data, at - 1, stop)
        number, wire = key >> 3, key & 7
        if not number:
            raise MalformedError
        value = 0
        start = at
        if wire == VARINT:
            value, at = varint(data, at, stop)
        elif wire == BYTES:
            size, start = varint(data, at, stop)
            at = start + size
        elif wire == FIXED64:
            at += 8
        elif wire == FIXED32:
            at += 4
        else:
            raise MalformedError
        if at > stop:
            raise MalformedError
        yield Field(number, wire, start, at, value)


def signed(value: int) -> int:
    """An int64 or int32 field's number, from its unsigned varint."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value
