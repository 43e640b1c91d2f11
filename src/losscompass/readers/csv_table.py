"""Tables of text: comma, semicolon, tab, bar or blank separated, with or without a header.

Keras CSVLogger, Lightning metrics.csv, Ultralytics results.csv, CatBoost and DVCLive TSV, Stable-Baselines progress and
monitor files, and whatever a script writes by itself.
"""

from collections.abc import Iterator
from pathlib import Path

from ..evidence.records import Fact, Record, Skipped
from .base import Head, Reader, UnreadableError
from .csv_rows import read_table
from .dialect import find_dialect
from .exports import named_after_export
from .head import head_of

MAX_BYTES = 4 << 30


def sniff(head: Head) -> bool:
    """A text whose lines are the rows of one table."""
    return (
        head.text is not None
        and head.text.lstrip()[:1] not in ("{", "[", "<")
        and find_dialect(head.text, whole=head.size <= len(head.data)) is not None
    )


def read(path: Path) -> Iterator[Record]:
    """Yield the records of the table, in the order of its rows."""
    head = head_of(path)
    dialect = None if head.text is None else find_dialect(head.text, whole=head.size <= len(head.data))
    if dialect is None:
        raise UnreadableError("no-curve")
    if head.size > MAX_BYTES:
        raise UnreadableError("too-large", {"limit": MAX_BYTES >> 20})
    yield Fact("format", "csv")
    for name, value in dialect.facts:
        yield Fact(name, value)
    rows = 0
    for record in named_after_export(read_table(path, dialect), path.stem, headed=dialect.has_header):
        rows += not isinstance(record, (Skipped, Fact))
        yield record
    if not rows:
        raise UnreadableError("no-curve")


READER = Reader("csv", sniff, read)
