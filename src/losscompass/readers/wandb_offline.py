"""Weights & Biases offline files (`run-*.wandb`): a LevelDB log of protocol buffers, read without either library.

The file is a 7-byte head, then blocks of 32 KiB of fragments: CRC-32 of type and data (4 bytes), length (2), type (1:
whole, 2: first, 3: middle, 4: last), data. The joined data are `Record`s of wandb's wandb_internal.proto.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..evidence.records import Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError
from .flatten import flatten
from .protobuf import BYTES, VARINT, Field, MalformedError, fields, signed
from .table import records_from_rows

_MAGIC = b":W&B\xe1\xbe"
_HEAD = 7
_BLOCK = 1 << 15
_FRAGMENT = 7
_HOPELESS = 100  # blocks without anything whole after a damage; then damaged blocks are no longer searched
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
# Record
_HISTORY, _SUMMARY, _CONFIG, _RUN = 2, 3, 5, 17
# HistoryRecord, SummaryRecord, ConfigRecord: item = 1; HistoryRecord.step = 2. In an item:
_KEY, _NESTED_KEY, _VALUE_JSON = 1, 2, 16
# RunRecord
_PROJECT, _RUN_CONFIG, _DISPLAY_NAME = 3, 4, 8
_LONGEST_FACT = 500  # characters of a text that still is a setting, not a document


def sniff(head: Head) -> bool:
    """The file's own magic number."""
    return head.data.startswith(_MAGIC)


def claims(folder: Path) -> tuple[Path, ...]:
    """The folder of one run: its `.wandb` file, and beside it what the same run printed and summed up."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return ()
    logs = [path for path in entries if path.suffix == ".wandb" and path.is_file() and _has_history(path)]
    if len(logs) != 1:
        return ()
    beside = [path for path in entries if path.name in ("files", "logs", "tmp") and path.is_dir()]
    return (*logs, *beside)


def read(path: Path) -> Iterator[Record]:
    """The records of a `.wandb` file, or of the folder of one run."""
    if path.is_dir():
        path = claims(path)[0]
    log = _Log()
    yield Fact("format", "wandb")
    found = False
    for record in records_from_rows(_rows(path, log)):
        found = found or isinstance(record, ScalarBlock)
        yield record
    if not found:
        raise UnreadableError("no-curve")
    for name, value in log.facts.items():
        yield Fact(name, value)
    if log.damaged:
        yield Skipped("damaged-record", log.damaged, log.where)
    if log.cut_off:
        yield Skipped("cut-off-last-record", 1, log.cut_off)


@dataclass(slots=True)
class _Log:
    """What is found beside the rows."""

    facts: dict[str, str | float | int | bool] = field(default_factory=dict)
    damaged: int = 0
    where: str = ""
    cut_off: str = ""

    def damage(self, place: int) -> None:
        self.damaged += 1
        self.where = self.where or f"byte {place}"

    def settings(self, values: Mapping[str, object], prefix: str = "") -> None:
        for name, value in flatten(values, prefix):
            short = isinstance(value, str) and len(value) <= _LONGEST_FACT
            if short or isinstance(value, bool | int | float):
                assert isinstance(value, str | bool | int | float)
                self.facts[name] = value


def _has_history(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return False
            return any(b"_step" in block for block in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return False


def _rows(path: Path, log: _Log) -> Iterator[dict[str, object]]:
    """The rows that were logged, in order; everything else goes to `log`."""
    for place, data in _messages(path, log):
        try:
            for item in fields(data, 0, len(data)):
                if item.wire != BYTES:
                    continue
                if item.number == _HISTORY:
                    row = _history(data, item)
                    if row:
                        yield row
                elif item.number == _SUMMARY:
                    log.settings({k: v for k, v in _items(data, item).items() if not k.startswith("_")}, "summary")
                elif item.number == _CONFIG:
                    log.settings({k: v for k, v in _items(data, item).items() if k != "_wandb"})
                elif item.number == _RUN:
                    _run(data, item, log)
        except MalformedError:
            log.damage(place)


def _history(data: bytes, message: Field) -> dict[str, object]:
    row = _items(data, message)
    for item in fields(data, message.start, message.stop):
        if (item.number, item.wire) == (2, BYTES) and "_step" not in row:
            numbers = [part for part in fields(data, item.start, item.stop) if (part.number, part.wire) == (1, VARINT)]
            row["_step"] = signed(numbers[-1].value) if numbers else 0
    # A dict with a `_type` is a picture, a table, a histogram …: media, not numbers. Newer writers nest its keys.
    media = tuple(name.removesuffix("_type") for name in row if name.endswith("/_type"))
    return {
        name: value
        for name, value in row.items()
        if not (isinstance(value, dict) and "_type" in value) and not (media and name.startswith(media))
    }


def _items(data: bytes, message: Field) -> dict[str, object]:
    """The key and value pairs of a history, summary or config message, nested keys joined by "/"."""
    found: dict[str, object] = {}
    for item in fields(data, message.start, message.stop):
        if (item.number, item.wire) != (1, BYTES):
            continue
        key, nested, text = "", [], b""
        for part in fields(data, item.start, item.stop):
            if part.wire != BYTES:
                continue
            if part.number == _KEY:
                key = data[part.start : part.stop].decode("utf-8", "replace")
            elif part.number == _NESTED_KEY:
                nested.append(data[part.start : part.stop].decode("utf-8", "replace"))
            elif part.number == _VALUE_JSON:
                text = data[part.start : part.stop]
        name = key or "/".join(nested)
        try:
            found[name] = float(text) if b"." in text[:4] and text[:1] != b'"' else json.loads(text)
        except (ValueError, RecursionError):
            continue
    return found


def _run(data: bytes, message: Field, log: _Log) -> None:
    for item in fields(data, message.start, message.stop):
        if item.wire != BYTES:
            continue
        if item.number == _RUN_CONFIG:
            log.settings({k: v for k, v in _items(data, item).items() if k != "_wandb"})
        elif item.number == _PROJECT:
            log.facts["project"] = data[item.start : item.stop].decode("utf-8", "replace")[:_LONGEST_FACT]
        elif item.number == _DISPLAY_NAME:
            log.facts["display_name"] = data[item.start : item.stop].decode("utf-8", "replace")[:_LONGEST_FACT]


def _messages(path: Path, log: _Log) -> Iterator[tuple[int, bytes]]:
    """The joined fragments, each with its place in the file. A damaged fragment costs the message it is of."""
    joined: list[bytes] = []
    begun = hopeless = 0
    position = _HEAD
    with path.open("rb") as file:
        size = path.stat().st_size
        while position < size:
            start = position - position % _BLOCK
            file.seek(start)
            block = file.read(_BLOCK)
            if not block:
                break
            at = position - start
            while len(block) - at >= _FRAGMENT:
                length = int.from_bytes(block[at + 4 : at + 6], "little")
                kind = block[at + 6]
                end = at + _FRAGMENT + length
                if kind == 0 and length == 0 and not any(block[at:]):
                    break  # a block is filled up with zeros
                if end > len(block) or zlib.crc32(block[at + 6 : end]) != int.from_bytes(block[at : at + 4], "little"):
                    following = _next(block, at + 1) if hopeless < _HOPELESS else None
                    hopeless += following is None
                    if following is None and end > len(block) and start + len(block) >= size:
                        log.cut_off = f"byte {start + at}"
                        return
                    log.damage(start + at)
                    joined = []
                    if following is None:
                        break
                    at = following
                    continue
                data = block[at + _FRAGMENT : end]
                if kind == _WHOLE:
                    yield start + at, data
                elif kind == _FIRST:
                    joined, begun = [data], start + at
                elif joined:
                    joined.append(data)
                    if kind == _LAST:
                        yield begun, b"".join(joined)
                        joined = []
                at = end
            else:
                if at < len(block) < _BLOCK:  # not even a whole head of a fragment
                    log.cut_off = f"byte {start + at}"
            position = start + _BLOCK
    if joined:
        log.cut_off = f"byte {begun}"


def _next(block: bytes, at: int) -> int | None:
    """Where in a block, from a place on, the next fragment whose checksum holds begins."""
    for start in range(at, len(block) - _FRAGMENT):
        if _WHOLE <= block[start + 6] <= _LAST:
            end = start + _FRAGMENT + int.from_bytes(block[start + 4 : start + 6], "little")
            if end <= len(block) and zlib.crc32(block[start + 6 : end]) == int.from_bytes(
                block[start : start + 4], "little"
            ):
                return start
    return None


READER = Reader("wandb", sniff, read, claims)
