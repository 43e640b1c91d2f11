"""What a reader is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ..evidence.records import Record


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, which decides who reads it."""

    path: Path
    size: int
    data: bytes  # the first 64 KiB
    text: str | None  # the same decoded (BOM honoured, a character cut at the end dropped), None if it is not text


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: `sniff` looks at the content (never at the file's name alone), `read` yields its records in file order.

    `read` never raises on bad content: it yields `Skipped` for what it cannot use, and raises `UnreadableError` only
    where nothing of the file can be used.

    Some logs are folders: `claims` is given a folder and answers which of its entries (files and subfolders, as paths
    inside it) together are one log of this format; none if it is not one. The walk then calls `read(folder)` once,
    passes over the entries named, and goes on into the others.
    """

    format: str  # id: "tensorboard", "csv", "printed" …
    sniff: Callable[[Head], bool]
    read: Callable[[Path], Iterator[Record]]
    claims: Callable[[Path], tuple[Path, ...]] | None = None


class UnreadableError(Exception):
    """Nothing of the file can be used. `reason` is an id of the text catalogue (`unreadable.<reason>`)."""

    def __init__(self, reason: str, values: Mapping[str, str | float | int] = MappingProxyType({})) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = dict(values)


Progress = Callable[[str, int, int], None]
"""Called with (path, bytes done, bytes in all) while a walk goes on."""
