"""The reader of printed logs: which texts it takes, and one pass over the lines."""

from collections.abc import Iterator
from pathlib import Path

from ...evidence.records import Record
from ..base import Head, Reader
from .lines import lines_of, states_of
from .log import PrintedLog


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a printed log. Raises `UnreadableError("no-curve")` where nothing in it makes a curve."""
    log = PrintedLog()
    for line, number in lines_of(path):
        log.take(line, number)
    yield from log.records()


def sniff(head: Head) -> bool:
    """Whether some lines of a text carry numbers under the names of training series: at its beginning, or further on."""
    if head.text is None:
        return False
    return _has_series(head.text) or (head.size > len(head.data) and any(map(_has_series, _samples(head))))


READER = Reader(format="printed", sniff=sniff, read=read)


def _has_series(text: str) -> bool:
    log = PrintedLog()
    for number, line in enumerate(text.split("\n")):
        for state, _ in states_of(line, number):
            log.take(state, number)
    return log.curve_values() >= 2


def _samples(head: Head) -> Iterator[str]:
    """Pieces of 64 KiB from further on in a file."""
    with head.path.open("rb") as file:
        for share in (0.25, 0.5, 0.75, 1.0):
            file.seek(max(0, int(head.size * share) - (1 << 16)))
            yield file.read(1 << 16).decode("utf-8", "replace")
