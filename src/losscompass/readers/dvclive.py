"""DVCLive folders: one TSV a metric, all of one run; the series' name is the file's path (`plots/metrics/train/loss.tsv`)."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..evidence.records import Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError
from .csv_rows import read_table
from .dialect import find_dialect
from .head import head_of

_PLACES = (("plots", "metrics"), ("plots", "scalars"), ("metrics",), ("scalars",), ())
_MAX_FILES = 5_000
_FIXED = frozenset(("step", "timestamp"))


def _sniff(_: Head) -> bool:
    return False  # a single TSV is a table like any other


def claims(folder: Path) -> tuple[Path, ...]:
    """The metric files of a DVCLive run below `folder`, if it is the folder of one."""
    return tuple(_metric_files(folder)[1])


def read(folder: Path) -> Iterator[Record]:
    """Yield the records of all metric files, one after the other."""
    base, files = _metric_files(folder)
    if not files:
        raise UnreadableError("no-curve")
    yield Fact("format", "dvclive")
    for file in files:
        name = file.relative_to(base).with_suffix("").as_posix()
        head = head_of(file)
        dialect = find_dialect(head.text or "", whole=head.size <= len(head.data))
        if dialect is None:
            yield Skipped("unreadable-row", 1, name)
            continue
        for record in read_table(file, dialect):
            yield replace(record, name=name) if isinstance(record, ScalarBlock) else record


def _metric_files(folder: Path) -> tuple[Path, list[Path]]:
    for place in _PLACES:
        base = folder.joinpath(*place)
        if not base.is_dir():
            continue
        found = base.rglob("*.tsv") if place else base.glob("*.tsv")
        files = sorted(file for file in islice(found, _MAX_FILES) if _is_metric(file, base))
        # A TSV of that form alone in a folder is a table; in the places that DVCLive makes, or in company, it is a metric.
        if len(files) >= (1 if len(place) == 2 else 2):
            return base, files
    return folder, []


def _is_metric(file: Path, base: Path) -> bool:
    """Whether the file has the columns step (and timestamp) and the metric that its name says."""
    try:
        with file.open("rb") as opened:
            line = opened.readline(4096).decode("utf-8", "replace").rstrip("\r\n")
    except OSError:
        return False
    names = line.split("\t")
    stem = file.relative_to(base).with_suffix("").as_posix()
    return (
        len(names) in (2, 3)
        and "step" in names
        and {*names} - _FIXED <= {stem, file.stem, names[-1]}
        and names[-1].endswith(file.stem)
    )


READER = Reader("dvclive", _sniff, read, claims)
