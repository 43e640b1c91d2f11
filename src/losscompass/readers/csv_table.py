"""Tables of text: comma, semicolon, tab, bar or blank separated, with or without a header.

Keras CSVLogger, Lightning metrics.csv, Ultralytics results.csv, CatBoost and DVCLive TSV, Stable-Baselines progress and
monitor files, and whatever a script writes by itself.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..evidence.headline import UNNAMED_CURVE
from ..evidence.records import Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError
from .csv_rows import read_table
from .dialect import find_dialect
from .exports import FEW_COLUMNS, named_after_export
from .head import head_of

MAX_BYTES = 4 << 30
_ROWS = 3  # from which a column is seen to count


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
    records = list(named_after_export(read_table(path, dialect), path.stem, headed=dialect.has_header))
    curve = None if dialect.has_header else _unnamed_curve(records, len(dialect.names))
    if curve is not None:
        yield Fact(UNNAMED_CURVE, curve)
    rows = 0
    for record in records:
        rows += not isinstance(record, (Skipped, Fact))
        yield record
    if not rows:
        raise UnreadableError("no-curve")


def _unnamed_curve(records: Sequence[Record], width: int) -> str | None:
    """The first column behind one that counts 0, 1, 2 …: a script that logs without names writes a loss there.

    None for other tables of numbers: measurements over years or places, and data sets with many columns.
    """
    blocks = [record for record in records if isinstance(record, ScalarBlock)]
    counted = len(blocks) > 0 and len(dict.fromkeys(block.name for block in blocks)) == width - 1
    if not counted or not 2 <= width <= FEW_COLUMNS:
        return None
    first = [block for block in blocks if block.name == blocks[0].name]
    step = np.concatenate([block.step for block in first])
    value = np.concatenate([block.value for block in first])
    finite = value[np.isfinite(value)]
    counts = (
        step.size >= _ROWS and step[0] in (0.0, 1.0) and bool(np.all((np.diff(step) == 1.0) | (step[1:] == step[0])))
    )
    return blocks[0].name if counts and bool(np.any(finite != np.floor(finite))) else None


READER = Reader("csv", sniff, read)
