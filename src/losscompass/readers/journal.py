"""losscompass's own journals: what a watched run wrote."""

from collections.abc import Iterator
from pathlib import Path

from ..evidence.frames import MAGIC
from ..evidence.journal import read
from ..evidence.records import Fact, Record
from .base import Head, Reader


def _sniff(head: Head) -> bool:
    return head.data.startswith(MAGIC)


def _read(path: Path) -> Iterator[Record]:
    yield Fact("format", "journal")
    yield from read(path)


READER = Reader("journal", _sniff, _read)
