"""CRC-32C (Castagnoli) with numpy alone: of one buffer, and of many records of equal length at once.

The checksum is affine over GF(2): that of a message is the exclusive or of one table entry for each of its bytes,
chosen by the byte's value and its distance from the end, and of a constant for the length. So n records of equal
length are checked column by column, two bytes to a look-up, and bytes that all records share are looked up once.

Polynomial and masking as in RFC 3720 and in the TFRecord format.
"""

from functools import cache

import numpy as np
from jaxtyping import Shaped, UInt8, UInt32

_POLYNOMIAL = 0x82F63B78
_SEGMENT = 64  # bytes: long messages are cut into columns of this many
_PIECE = 1 << 20  # bytes looked up at a time, to bound memory


def _byte_table() -> UInt32[np.ndarray, "256"]:
    entries: UInt32[np.ndarray, "256"] = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        entries = (entries >> np.uint32(1)) ^ ((entries & np.uint32(1)) * np.uint32(_POLYNOMIAL))
    return entries


_TABLE = _byte_table()
_TABLE_LIST: list[int] = _TABLE.tolist()


@cache
def byte_table(distance: int) -> UInt32[np.ndarray, "256"]:
    """What a byte adds to the checksum when `distance` bytes follow it."""
    if distance == 0:
        return _TABLE
    # Built upwards in a loop of cached steps, so that a large distance does not recurse deeply.
    start = distance - distance % 256 if distance % 256 else distance - 256
    table = byte_table(start)
    for _ in range(distance - start):
        table = (table >> 8) ^ _TABLE[table & 0xFF]
    return table


@cache
def pair_table(distance: int) -> UInt32[np.ndarray, "65536"]:
    """What two bytes, read as one little-endian number, add when `distance` bytes follow the second."""
    pairs: UInt32[np.ndarray, "65536"] = (byte_table(distance)[:, None] ^ byte_table(distance + 1)[None, :]).ravel()
    return pairs


@cache
def constant(length: int) -> int:
    """The checksum of `length` zero bytes: what the length alone adds."""
    return _shift(0xFFFFFFFF, length) ^ 0xFFFFFFFF


def mask(checksum: int) -> int:
    """A checksum as TFRecord stores it: rotated by 15 bits, plus a constant."""
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def unmask(stored: UInt32[np.ndarray, " n"]) -> UInt32[np.ndarray, " n"]:
    """The checksums behind stored, masked ones."""
    rotated = stored - np.uint32(0xA282EAD8)
    return (rotated << np.uint32(15)) | (rotated >> np.uint32(17))


def crc32c(data: bytes | memoryview) -> int:
    """The checksum of one message of any length."""
    if len(data) <= 4 * _SEGMENT:
        state = 0xFFFFFFFF
        for byte in bytes(data):
            state = _TABLE_LIST[(state ^ byte) & 0xFF] ^ (state >> 8)
        return state ^ 0xFFFFFFFF
    array = np.frombuffer(data, np.uint8)
    state = 0xFFFFFFFF
    for start in range(0, array.size, _PIECE):
        piece = array[start : start + _PIECE]
        state = _shift(state, piece.size) ^ int(_linear(piece[None, :])[0])
    return state ^ 0xFFFFFFFF


def crc32c_rows(rows: UInt8[np.ndarray, "n length"]) -> UInt32[np.ndarray, " n"]:
    """The checksum of each row."""
    count, length = rows.shape
    result = np.empty(count, np.uint32)
    step = max(1, _PIECE // max(1, length))
    for start in range(0, count, step):
        part = rows[start : start + step]
        if length > _PIECE:
            result[start] = crc32c(part[0].data)
        else:
            result[start : start + step] = _linear(part) ^ np.uint32(constant(length))
    return result


def look_up(table: UInt32[np.ndarray, " size"], index: Shaped[np.ndarray, " n"]) -> UInt32[np.ndarray, " n"]:
    """Entries of a 256- or 65,536-entry table by numbers that cannot exceed it."""
    found: UInt32[np.ndarray, " n"] = table.take(index, mode="wrap")  # unlike the default mode, without a checking pass
    return found


def _linear(rows: UInt8[np.ndarray, "n length"]) -> UInt32[np.ndarray, " n"]:
    """The part of the checksum that the bytes add; zero bytes in front add nothing."""
    count, length = rows.shape
    segments = 1
    while segments * _SEGMENT < length:
        segments *= 2
    width = min(_SEGMENT, length + length % 2) if segments == 1 else _SEGMENT
    padded = np.zeros((count, segments * width), np.uint8)
    padded[:, segments * width - length :] = rows
    pairs = padded.view("<u2").reshape(count * segments, width // 2)
    state = np.zeros(count * segments, np.uint32)
    for column in range(width // 2):
        state ^= look_up(pair_table(width - 2 * column - 2), pairs[:, column])
    distance = width
    while state.size > count:
        state = _shift_many(state[0::2], distance) ^ state[1::2]
        distance *= 2
    return state


def _shift_many(state: UInt32[np.ndarray, " n"], distance: int) -> UInt32[np.ndarray, " n"]:
    """The states after `distance` zero bytes more."""
    low, high = _shift_tables(distance)
    shifted: UInt32[np.ndarray, " n"]
    shifted = look_up(low, state & np.uint32(0xFFFF)) ^ look_up(high, state >> np.uint32(16))
    return shifted


def _shift(state: int, distance: int) -> int:
    """One state after `distance` zero bytes more."""
    power = 0
    while distance:
        if distance & 1:
            state = _apply(_operator(power), state)
        distance >>= 1
        power += 1
    return state


def _apply(operator: tuple[int, ...], state: int) -> int:
    result = 0
    for column in operator:
        if state & 1:
            result ^= column
        state >>= 1
        if not state:
            break
    return result


@cache
def _operator(power: int) -> tuple[int, ...]:
    """The images of the 32 unit states under 2**power zero bytes."""
    if power == 0:
        return tuple(_TABLE_LIST[(1 << bit) & 0xFF] ^ ((1 << bit) >> 8) for bit in range(32))
    half = _operator(power - 1)
    return tuple(_apply(half, column) for column in half)


@cache
def _shift_tables(distance: int) -> tuple[UInt32[np.ndarray, "65536"], UInt32[np.ndarray, "65536"]]:
    """`_shift` by `distance` as two tables, for the low and the high half of a state."""
    columns = [_shift(1 << bit, distance) for bit in range(32)]
    tables = []
    for half in (columns[:16], columns[16:]):
        table = np.zeros(1, np.uint32)
        for column in half:
            table = np.concatenate([table, table ^ np.uint32(column)])
        tables.append(table)
    return tables[0], tables[1]
