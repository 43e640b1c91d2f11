"""From the records of a window to points: those that are many of a kind together, the others one by one."""

import numpy as np
from jaxtyping import Bool, Int64

from ..protobuf import MalformedError, signed
from .columns import Decoded, Part, only_scalars, read_alike, values_of
from .crc32c import constant, crc32c, crc32c_rows, unmask
from .event import parse
from .frames import FOOTER, HEADER, MARGIN, Window, gather, search

_FEW = 12  # records of one length below which they are parsed one by one
_LONG = 1 << 14  # bytes: longer payloads are parsed one by one
_SEARCHED = 1000  # damaged records of a window that are searched for whole ones inside
_BATCH = 1 << 20  # bytes whose checksums are looked up at a time


def decode(window: Window) -> Decoded:
    """Read every record of a window."""
    decoded = Decoded()
    if not window.start.size:
        return decoded
    order = np.argsort(np.minimum(window.length, 0xFFFF).astype(np.uint16), kind="stable")  # 16 bits: a radix sort
    edges = np.flatnonzero(np.diff(window.length[order])) + 1
    apart: list[Int64[np.ndarray, " n"]] = []
    for group in np.split(order, edges):
        length = int(window.length[group[0]])
        if group.size < _FEW or length > _LONG:
            apart.append(group)
        else:
            apart.append(group[read_alike(window, window.start[group], length, decoded)])
    _one_by_one(window, np.sort(np.concatenate(apart)), decoded)
    _rescue(window, decoded)
    return decoded


def _rescue(window: Window, decoded: Decoded) -> None:
    """A record that lost bytes may end where another one does: those in between lie inside it, and are whole."""
    found: list[tuple[int, int]] = []
    for place in decoded.damaged[:_SEARCHED]:
        start = place - window.base
        end = start + HEADER + int(window.length[np.searchsorted(window.start, start)]) + FOOTER
        at: int | None = start + 1
        while at is not None and (at := search(window.data, at, end, end)) is not None:
            length = int.from_bytes(window.data[at : at + 8].tobytes(), "little")
            known = int(np.searchsorted(window.start, at))
            if known < window.start.size and window.start[known] == at:
                break  # where the chain was found again: from here on nothing is new
            if window.intact(at, length):
                found.append((at, length))
                at += HEADER + length + FOOTER
            else:
                at += 1
    if found:
        starts, lengths = np.array(sorted(found)).T
        inside = Decoded()
        _one_by_one(Window(window.data, window.base, starts, lengths), np.arange(len(found)), inside)
        decoded.parts += inside.parts
        decoded.events += inside.events


def _one_by_one(window: Window, index: Int64[np.ndarray, " n"], decoded: Decoded) -> None:
    """Read records each for itself: few of their kind, or of no layout that repeats."""
    holds = _intact(window, window.start[index], window.length[index])
    loose: dict[tuple[str, bool], list[tuple[int, int, float, float]]] = {}
    for position, intact in zip(index.tolist(), holds.tolist(), strict=True):
        start, length = int(window.start[position]), int(window.length[position])
        place = window.base + start
        if not intact:
            decoded.damaged.append(place)
            continue
        payload = window.payload(start, length)
        try:
            event = parse(payload)
        except MalformedError:
            decoded.malformed.append(place)
            continue
        if not only_scalars(event):
            decoded.events.append((place, event))
        wall = np.nan if event.wall_time is None else _double(payload, event.wall_time)
        row = window.data[start : start + HEADER + length][None, :]
        for number in event.numbers:
            point = (place, signed(event.step_value), float(values_of(row, number)[0]), wall)
            loose.setdefault((number.tag, number.tensor), []).append(point)
    for (tag, tensor), points in loose.items():
        places, steps, values, walls = (np.array([point[column] for point in points]) for column in range(4))
        decoded.parts.append((tag, Part(places, steps, values, walls, tensor)))


def _double(payload: memoryview, at: int) -> float:
    return float(np.frombuffer(payload, "<f8", 1, at)[0])


def _intact(window: Window, start: Int64[np.ndarray, " n"], length: Int64[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    """Whether each record's payload has the checksum that follows it, whatever their lengths."""
    end = start + HEADER + length
    stored = unmask(gather(window.data, end, FOOTER).view("<u4")[:, 0])
    found = np.zeros(start.size, np.uint32)
    width, shorter = 64, np.full(start.size, False)
    while not shorter.all():
        here = np.flatnonzero((length <= width) & ~shorter)
        shorter[here] = True
        if width > MARGIN // 2:
            for one in np.flatnonzero(~shorter | (length > MARGIN // 2)).tolist():
                found[one] = crc32c(window.payload(int(start[one]), int(length[one])))
            break
        # Zero bytes in front add nothing to the checksum but through the length: so all get the same width.
        batch = max(1, _BATCH // width)
        for begin in range(0, here.size, batch):
            some = here[begin : begin + batch]
            rows = gather(window.data, end[some] - width, width)
            rows[np.arange(width) < width - length[some, None]] = 0
            lengths, inverse = np.unique(length[some], return_inverse=True)
            constants = np.array([constant(int(value)) for value in lengths], np.uint32)
            found[some] = crc32c_rows(rows) ^ np.uint32(constant(width)) ^ constants[inverse]
        width *= 2
    result: Bool[np.ndarray, " n"] = found == stored
    return result
