"""CSV and its kin as a table: comment lines, delimiter and header are told by the first lines, ragged rows are counted."""

import csv
from itertools import islice
from pathlib import Path

from ..evidence.records import Skipped
from .errors import DataError
from .frame_table import of_frame
from .table import MISSING_WORDS, Table

DELIMITERS = ",\t;|"

HEAD = 20
"""Lines at the start that tell the form."""


def open_text(path: Path, source: str) -> Table:
    """The file as a table. Raises `DataError` with what is wrong where it is none."""
    import polars as pl

    comments, delimiter, names, headed = _form(path, source)
    options = {
        "separator": delimiter,
        "has_header": False,
        "skip_lines": comments + headed,
        "schema": dict.fromkeys(names, pl.String),
        "missing_columns": "insert",
        "encoding": "utf8-lossy",
    }
    frame = pl.scan_csv(path, **options)  # type: ignore[arg-type]
    skipped: tuple[Skipped, ...] = ()
    try:
        for _ in frame.collect_batches(maintain_order=False):
            pass  # every line is looked at once before anything is said of the file
    except pl.exceptions.NoDataError as error:
        raise DataError("no-rows", path=source) from error
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        count, first = _long_rows(path, delimiter, len(names), comments + headed)
        if count == 0:
            raise DataError("not-a-table", path=source) from None
        skipped = (Skipped("long-row", count, f"line {first}"),)
        frame = pl.scan_csv(path, truncate_ragged_lines=True, **options)  # type: ignore[arg-type]
    return of_frame(frame, source, "csv", as_text=True, skipped=skipped)


def _form(path: Path, source: str) -> tuple[int, str, list[str], int]:
    """Comment lines at the top, the delimiter, the columns' names, and 1 where the first line holds them (else 0)."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise DataError("encoding", path=source, name="UTF-16")
        if b"\x00" in start:
            raise DataError("not-a-table", path=source)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        comments, lines = 0, list[str]()
        for line in file:
            if line.startswith("#") and not lines:
                comments += 1
            elif line.strip() or lines:
                lines.append(line)
            else:
                comments += 1  # an empty line before the header
            if len(lines) >= HEAD:
                break
    if not lines:
        raise DataError("empty", path=source)
    if any("\x00" in line for line in lines):
        raise DataError("not-a-table", path=source)
    delimiter = max(DELIMITERS, key=lines[0].count)
    csv.field_size_limit(2**31 - 1)
    try:
        rows = list(islice(csv.reader(lines, delimiter=delimiter), HEAD))
    except csv.Error as error:
        raise DataError("not-a-table", path=source) from error
    header = [cell.strip() for cell in rows[0]]
    if all(map(_is_number, header)):  # no header: the first row is data
        width = max(map(len, rows))
        return comments, delimiter, [str(place) for place in range(width)], 0
    return comments, delimiter, unique_names(header), 1


def unique_names(header: list[str]) -> list[str]:
    """The names with a number behind those that are there already; an empty one is named by its place, from 0."""
    taken: set[str] = set()
    names = []
    for place, name in enumerate(header):
        one, number = name or f"column {place}", 2
        while one in taken:
            one, number = f"{name or 'column'} ({number})", number + 1
        taken.add(one)
        names.append(one)
    return names


def _long_rows(path: Path, delimiter: str, width: int, before: int) -> tuple[int, int]:
    """How many rows have more cells than the header, and the line of the first."""
    count = first = 0
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for _ in range(before):
            next(file)
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for row in reader:
                if len(row) > width:
                    count, first = count + 1, first or before + reader.line_num
        except csv.Error:
            return 0, 0
    return count, first


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell.lower() in MISSING_WORDS and cell != ""
    return True
