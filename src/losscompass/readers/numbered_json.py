"""A folder in which every epoch left a file of its metrics: `metrics_epoch_0.json`, `metrics_epoch_1.json` … are one log."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..evidence.names import role_of
from ..evidence.records import Fact, Record, Skipped
from .base import Head, Reader, UnreadableError
from .encoding import read_text
from .json_text import parse_documents
from .positions import is_position_name
from .table import records_from_rows

_NAME = re.compile(r"(?P<stem>.*?)[._-]?(?P<number>\d{1,9})\.json", re.IGNORECASE)
_FEWEST = 3  # files of one row each
_MAX_FILES = 100_000
_MAX_BYTES = 1 << 20  # of one file


def _sniff(_: Head) -> bool:
    return False  # one such file is a row


def claims(folder: Path) -> tuple[Path, ...]:
    """The numbered files of `folder`, if the first and the last of them hold numbers of a training."""
    files = [path for _, path in _files(folder)]
    known = len(files) >= _FEWEST and all(_row(path) is not None for path in (files[0], files[-1]))
    return tuple(files) if known else ()


def read(folder: Path) -> Iterator[Record]:
    """Yield the records of the files, in the order of their numbers."""
    numbered = [(number, path, _row(path)) for number, path in _files(folder)]
    rows = [(number, path, row) for number, path, row in numbered if row is not None]
    if not rows:
        raise UnreadableError("no-curve")
    match = _NAME.fullmatch(rows[0][1].name)
    word = re.split(r"[\W_]+", match["stem"])[-1] if match else ""
    key = word if is_position_name(word) else "step"
    yield Fact("format", "json")
    placed = any(is_position_name(name) for name in rows[0][2])
    yield from records_from_rows(row if placed else {key: number, **row} for number, _, row in rows)
    if len(rows) < len(numbered):
        yield Skipped("damaged-document", len(numbered) - len(rows))


def _files(folder: Path) -> list[tuple[int, Path]]:
    """The largest group of files whose names differ in a number at the end, by that number."""
    groups: dict[str, list[tuple[int, Path]]] = {}
    for count, path in enumerate(folder.iterdir()):
        if count > _MAX_FILES:
            return []
        if (match := _NAME.fullmatch(path.name)) is not None and path.is_file():
            groups.setdefault(match["stem"], []).append((int(match["number"]), path))
    largest = max(groups, key=lambda stem: len(groups[stem]), default=None)
    return [] if largest is None else sorted(groups[largest])


def _row(path: Path) -> Mapping[str, object] | None:
    """The one object of a file, if what it holds is single numbers and one of them is measured in training."""
    if path.stat().st_size > _MAX_BYTES:
        return None
    documents = parse_documents(read_text(path)).documents
    row = documents[0] if len(documents) == 1 else None
    if not isinstance(row, Mapping) or any(isinstance(value, (list, Mapping)) for value in row.values()):
        return None
    measured = (name for name, value in row.items() if isinstance(value, float))
    return row if any(role_of(str(name))[1].direction for name in measured) else None


READER = Reader("numbered-json", _sniff, read, claims)
