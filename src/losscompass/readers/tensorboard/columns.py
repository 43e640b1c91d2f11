"""Many records of equal length, read at once: one is parsed, the others are compared with it and cut at its places.

A training loop writes records that differ in nothing but the step, the wall time, the number and, among tags of equal
length, the tag. The parsed record says which bytes may differ (the `mask`); of all the others every bit must be equal,
checksummed header included. Payload checksums are verified for each record: the shared bytes' part is computed once.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float64, Int64, Shaped, UInt8, UInt16

from ..protobuf import MalformedError
from .crc32c import byte_table, crc32c, crc32c_rows, look_up, pair_table, unmask
from .crc32c import mask as masked
from .event import Event, Number, parse
from .frames import FOOTER, HEADER, Window, gather

_ROUNDS = 16  # layouts tried on the records of one length before the rest is parsed one by one
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits spread: 2**64 divided by the golden ratio


@dataclass(slots=True)
class Part:
    """Some points of one tag, in the order of the file; `place` is the record's position in the file."""

    place: Int64[np.ndarray, " n"]
    step: Int64[np.ndarray, " n"]
    value: Float64[np.ndarray, " n"]
    wall: Float64[np.ndarray, " n"]  # NaN where the record does not tell
    tensor: bool


@dataclass(slots=True)
class Decoded:
    """What the records of one window hold."""

    parts: list[tuple[str, Part]] = field(default_factory=list)
    events: list[tuple[int, Event]] = field(default_factory=list)  # (place, event) of those with more than scalars
    damaged: list[int] = field(default_factory=list)  # places
    malformed: list[int] = field(default_factory=list)  # places of intact records that are no events


def read_alike(
    window: Window, start: Int64[np.ndarray, " n"], length: int, decoded: Decoded
) -> Int64[np.ndarray, " rest"]:
    """Read the records of one payload length; returns the positions in `start` of those it could not."""
    rows = gather(window.data, start, -(-(HEADER + length + FOOTER) // 8) * 8)
    left = np.arange(start.size)
    apart: list[int] = []
    for _ in range(_ROUNDS):
        if not left.size:
            break
        event = _parsed(rows[0], length)
        if event is None or not only_scalars(event):
            apart.append(int(left[0]))
            rows, left = rows[1:], left[1:]
            continue
        mask = _mask(event, length, rows.shape[1])
        rows, order, edges, same = _grouped(rows, mask, event)
        if order is not None:
            left = left[order]
        holds = _checksums_hold(rows, length, mask, edges)
        first = rows[edges[:-1]]
        taken = same & holds
        decoded.damaged.extend((window.base + start[left[same & ~holds]]).tolist())
        if taken.all():
            _emit(rows, window.base + start[left], edges, first=first, layout=event, decoded=decoded)
        else:
            counts = np.add.reduceat(taken, edges[:-1], dtype=np.int64)
            kept = np.concatenate([[0], np.cumsum(counts)])
            _emit(rows[taken], window.base + start[left[taken]], kept, first=first, layout=event, decoded=decoded)
        rows, left = rows[~same], left[~same]
    return np.concatenate([np.array(apart, np.int64), left])


def only_scalars(event: Event) -> bool:
    """Whether nothing but the scalars of this event matters, so that others like it can be cut at the same places."""
    plain = not (event.others or event.version or event.session_start or event.plugins)
    return plain and bool(event.numbers) and event.wall_time is not None


def _parsed(row: UInt8[np.ndarray, " width"], length: int) -> Event | None:
    """A row's event, if its payload is intact."""
    end = HEADER + length
    payload = row[HEADER:end].tobytes()
    if masked(crc32c(payload)) != int.from_bytes(row[end : end + FOOTER].tobytes(), "little"):
        return None
    try:
        return parse(payload)
    except MalformedError:
        return None


def _mask(event: Event, length: int, width: int) -> UInt8[np.ndarray, " width"]:
    """The bits of a row that all records of the event's layout share: 1 where shared."""
    mask = np.zeros(width, np.uint8)
    mask[: HEADER + length] = 0xFF
    assert event.wall_time is not None
    mask[HEADER + event.wall_time : HEADER + event.wall_time + 8] = 0
    if event.step is not None:
        _open_varint(mask, *event.step)
    for number in event.numbers:
        if number.form.startswith("varint:"):
            _open_varint(mask, number.start, number.stop)
        else:
            mask[HEADER + number.start : HEADER + number.stop] = 0
    return mask


def _open_varint(mask: UInt8[np.ndarray, " width"], start: int, stop: int) -> None:
    mask[HEADER + start : HEADER + stop] = 0x80  # where the number ends is part of the layout


def _grouped(
    rows: UInt8[np.ndarray, "n width"], mask: UInt8[np.ndarray, " width"], event: Event
) -> tuple[
    UInt8[np.ndarray, "n width"],
    Int64[np.ndarray, " n"] | None,
    Int64[np.ndarray, " groups_1"],
    Bool[np.ndarray, " n"],
]:
    """Rows by tag.

    Returns them in their new order, that order (None: as they were), the groups' edges in it, and which rows have the
    layout of the first row and equal their group's first in every bit of the mask.
    """
    words, masks = rows.view("<u8"), mask.view("<u8")
    fixed = np.flatnonzero(masks).tolist()
    differs = np.zeros(len(rows), bool)
    for word in fixed:
        differs |= ((words[:, word] ^ words[0, word]) & masks[word]) != 0
    if not differs.any():
        return rows, None, np.array([0, len(rows)]), ~differs
    nameless = mask.copy()
    for number in event.numbers:
        for start, stop in number.names:
            nameless[HEADER + start : HEADER + stop] = 0
    other_layout = np.zeros(len(rows), bool)
    for word in np.flatnonzero(nameless.view("<u8")).tolist():
        other_layout |= ((words[:, word] ^ words[0, word]) & nameless.view("<u8")[word]) != 0
    mixed = np.zeros(len(rows), np.uint64)
    for word in fixed:
        mixed ^= words[:, word] & masks[word]
        mixed *= _MIX
        mixed ^= mixed >> np.uint64(29)
    short = (mixed >> np.uint64(48)).astype(np.uint16)  # 16 bits: a radix sort. Tags that collide wait for a next round
    short[other_layout] = short[0]  # there, they differ from the first
    order = np.argsort(short, kind="stable")
    edges = np.concatenate([[0], np.flatnonzero(np.diff(short[order])) + 1, [len(rows)]])
    sizes = np.diff(edges)
    rows = rows[order]
    words = rows.view("<u8")
    first = edges[:-1]
    same = np.ones(len(rows), bool)
    for word in fixed:
        same &= ((words[:, word] ^ np.repeat(words[first, word], sizes)) & masks[word]) == 0
    return rows, order, edges, same


def _checksums_hold(
    rows: UInt8[np.ndarray, "n width"],
    length: int,
    mask: UInt8[np.ndarray, " width"],
    edges: Int64[np.ndarray, " groups_1"],
) -> Bool[np.ndarray, " n"]:
    """Whether each row's payload has the checksum that follows it, given that a group's rows share what the mask says."""
    end = HEADER + length
    shared = rows[edges[:-1], HEADER:end]
    varying = sorted({place - place % 2 for place in range(HEADER, end) if mask[place] != 0xFF})
    pairs = rows.view("<u2")
    looked_up = np.zeros(len(rows), np.uint32)
    for place in varying:
        shared[:, place - HEADER : place - HEADER + 2] = 0
        if place + 1 < end:
            column, table = pairs[:, place // 2], pair_table(end - place - 2)
        else:
            column, table = rows[:, place], byte_table(0)
        looked_up ^= look_up(table, column)
    looked_up ^= np.repeat(crc32c_rows(shared), np.diff(edges))
    stored = np.ndarray((len(rows),), "<u4", rows.data, end, (rows.shape[1],))
    holds: Bool[np.ndarray, " n"] = unmask(stored) == looked_up
    return holds


def _emit(
    rows: UInt8[np.ndarray, "n width"],
    place: Int64[np.ndarray, " n"],
    edges: Int64[np.ndarray, " groups_1"],
    *,
    first: UInt8[np.ndarray, "groups width"],
    layout: Event,
    decoded: Decoded,
) -> None:
    """Cut the rows into points, and the points by tag, which each group's first row tells."""
    assert layout.wall_time is not None
    wall = _column(rows, "<f8", HEADER + layout.wall_time).astype(np.float64)
    step = np.zeros(len(rows), np.int64) if layout.step is None else _varints(rows, *layout.step)
    cuts = [slice(begin, end) for begin, end in pairwise(edges.tolist())]
    for number in layout.numbers:
        value = values_of(rows, number)
        at, stop = number.names[0]
        for cut, row in zip(cuts, first, strict=True):
            if cut.stop > cut.start:
                tag = row[HEADER + at : HEADER + stop].tobytes().decode("utf-8", "replace")
                decoded.parts.append((tag, Part(place[cut], step[cut], value[cut], wall[cut], number.tensor)))


def values_of(rows: UInt8[np.ndarray, "n width"], number: Number) -> Float64[np.ndarray, " n"]:
    form, at = number.form, HEADER + number.start
    if form == "zero":
        return np.zeros(len(rows))
    if form == "bfloat16":
        return _widened(_column(rows, "<u2", at))
    if not form.startswith("varint:"):
        return _column(rows, form, at).astype(np.float64)
    bits = _varints(rows, number.start, number.stop)
    return _from_bits(bits, form.removeprefix("varint:"))


def _from_bits(bits: Int64[np.ndarray, " n"], form: str) -> Float64[np.ndarray, " n"]:
    if form == "bfloat16":
        return _widened(bits.astype(np.uint16))
    if form == "<f2":
        return bits.astype(np.uint16).view(np.float16).astype(np.float64)
    if form in ("<u4", "<u8"):
        return bits.view(np.uint64).astype(np.float64)
    return bits.astype(np.float64)


def _widened(bits: UInt16[np.ndarray, " n"]) -> Float64[np.ndarray, " n"]:
    """bfloat16 is the upper half of a float32."""
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)


def _column(rows: UInt8[np.ndarray, "n width"], form: str, at: int) -> Shaped[np.ndarray, " n"]:
    return np.ndarray((len(rows),), form, rows.data, at, (rows.shape[1],))


def _varints(rows: UInt8[np.ndarray, "n width"], start: int, stop: int) -> Int64[np.ndarray, " n"]:
    result = np.zeros(len(rows), np.uint64)
    for index in range(stop - start):
        digit = (rows[:, HEADER + start + index] & np.uint8(0x7F)).astype(np.uint64)
        result |= digit << np.uint64(7 * index)
    return result.view(np.int64)
