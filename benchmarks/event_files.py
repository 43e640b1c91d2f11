"""Event files of a million scalars, as training loops write them, to be read by different readers."""

import random
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from losscompass.readers.tensorboard.crc32c import crc32c, crc32c_rows, mask

TAGS = (
    "train/loss",
    "train/accuracy",
    "val/loss",
    "val/accuracy",
    "lr",
    "grad_norm",
    "time/step",
    "time/data",
    "train/loss_aux",
    "epoch",
)


def write(path: Path, kind: str, steps: int, tags: tuple[str, ...] = TAGS) -> None:
    """Write `steps` × `tags` scalars.

    `kind`: "simple" (simple_value, one order of tags), "tensor" (the same as TF2 tensors) or "shuffled" (simple_value,
    tags in another order at each step, one record in a thousand a histogram).
    """
    payloads = [_event(1.7e9, 0, b"\x1a\x0dbrain.Event:2"), *_payloads(kind, steps, tags)]
    checksums = _masked_checksums(payloads)
    headers: dict[int, bytes] = {}
    with path.open("wb") as file:
        for payload, checksum in zip(payloads, checksums, strict=True):
            header = headers.get(len(payload))
            if header is None:
                length = struct.pack("<Q", len(payload))
                header = headers[len(payload)] = length + struct.pack("<I", mask(crc32c(length)))
            file.write(header + payload + checksum)


def _payloads(kind: str, steps: int, tags: tuple[str, ...]) -> Iterator[bytes]:
    dice = random.Random(1)
    order = list(tags)
    wall = 1.7e9
    for step in range(steps):
        if kind == "shuffled":
            dice.shuffle(order)
        for tag in order:
            wall += dice.random() * 1e-3
            value = struct.pack("<f", dice.gauss(1.0, 0.1) + 2.0 / (1 + step))
            yield _event(wall, step, _summary(_tensor(tag, value) if kind == "tensor" else _simple(tag, value)))
            if kind == "shuffled" and dice.random() < 1e-3:
                buckets = b"".join(struct.pack("<d", dice.random()) for _ in range(dice.randrange(30)))
                yield _event(wall, step, _summary(_delimited(1, b"weights") + _delimited(5, _delimited(7, buckets))))


def _event(wall: float, step: int, body: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", wall) + (b"\x10" + _varint(step) if step else b"") + body


def _summary(value: bytes) -> bytes:
    return _delimited(5, _delimited(1, value))


def _simple(tag: str, value: bytes) -> bytes:
    return _delimited(1, tag.encode()) + b"\x15" + value


def _tensor(tag: str, value: bytes) -> bytes:
    scalars = _delimited(9, _delimited(1, _delimited(1, b"scalars")))
    return _delimited(1, tag.encode()) + _delimited(8, b"\x08\x01\x12\x00" + _delimited(4, value)) + scalars


def _delimited(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _masked_checksums(payloads: list[bytes]) -> list[bytes]:
    by_length: dict[int, list[int]] = {}
    for index, payload in enumerate(payloads):
        by_length.setdefault(len(payload), []).append(index)
    found = [b""] * len(payloads)
    for length, indices in by_length.items():
        rows = np.frombuffer(b"".join(payloads[index] for index in indices), np.uint8).reshape(-1, length)
        for index, checksum in zip(indices, crc32c_rows(rows).tolist(), strict=True):
            found[index] = struct.pack("<I", mask(checksum))
    return found
