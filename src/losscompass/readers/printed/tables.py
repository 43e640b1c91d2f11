"""Printed tables: a line of column names, and rows of bare numbers under it; and boxes of one name and number a row."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ...evidence.names import Kind
from .words import CURVES, about_others, counter, kind, only_phase

_BAR_TAIL = re.compile(r":?\s+\d{1,3}%\s?[|━╸▏█#].*$|\s\d+/\d+\s\[.*$")
_PIPES = re.compile(r"[|│┃║]")
_RULE = re.compile(r"^[\s|+:=_─━═┼╪╋├┤┬┴└┘┌┐╒╕╞╡╘╛╭╮╰╯│┃║*~-]+$")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:,\d{3})*\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)%?$", re.IGNORECASE)
_PAIR = re.compile(r"(\d+)/(\d+)$")
_WHOLE = frozenset(("all", "total", "overall", "mean", "average", "avg", "macro", "全体", "平均"))
# The terms of a detector's loss, as detectors head their columns: without the word.
_TERMS = frozenset(
    ("box", "obj", "cls", "dfl", "seg", "pose", "kobj", "objectness", "class", "bbox", "giou", "rpn", "mask")
)
_SHORT = {
    "p": "precision",
    "r": "recall",
    "map@.5": "mAP50",
    "map@0.5": "mAP50",
    "map@.5:.95": "mAP50-95",
    "map@0.5:0.95": "mAP50-95",
}
_REMARKS = frozenset(("note", "notes", "remark", "remarks", "comment", "comments", "info", "message", "status"))
MAX_COLUMNS = 64


def is_rule(line: str) -> bool:
    """A line that only separates."""
    return _RULE.match(line) is not None


def cells_of(line: str, *, wide: bool = False) -> list[str]:
    """The cells of a row: between pipes if it has them, else between blanks (`wide`: between two and more, or tabs)."""
    if "%" in line or "[" in line:
        line = _BAR_TAIL.sub("", line)
    if len(_PIPES.findall(line)) >= 2:
        inside = _PIPES.split(line.strip())
        if not inside[0].strip():
            inside = inside[1:]
        if inside and not inside[-1].strip():
            inside = inside[:-1]
        return [cell.strip() for cell in inside]
    if wide:
        return [cell for cell in re.split(r"\s{2,}|\t+", line.strip()) if cell]
    return line.split()


def looks_like_row(line: str) -> bool:
    """Mostly bare numbers: at least two, and at least half of the cells."""
    if len(line) > 2000:
        return False
    cells = cells_of(line)
    if not 2 <= len(cells) <= MAX_COLUMNS:
        return False
    numbers = sum(1 for cell in cells if number(cell) is not None or _PAIR.match(cell))
    return (numbers >= 2 and numbers * 2 >= len(cells)) or (
        numbers == 1 and len(cells) == 2 and number(cells[1]) is not None and cells[0].isalpha()
    )


def number(cell: str) -> float | None:
    """The value of a cell, None if it is none."""
    if len(cell) > 40 or not _NUMBER.match(cell):
        return None
    return float(cell.rstrip("%").replace(",", ""))


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: exactly one of the fields says something."""

    name: str = ""  # of a series
    kind: Kind = Kind.OTHER
    counts: str = ""  # "epoch" or "step"


@dataclass(slots=True)
class Table:
    """An open table: how its rows are read."""

    columns: tuple[Column, ...]
    wide: bool
    labelled: bool  # its first column is text, and none counts

    def row(self, line: str) -> dict[int, float] | None:
        """The numbers of a row by column; None if the line is no row of this table, or one of its details."""
        cells = cells_of(line)
        if len(cells) != len(self.columns):
            cells = cells_of(line, wide=True)
            if len(cells) != len(self.columns):
                return None
        if any(column.counts and not _counted(cell) for column, cell in zip(self.columns, cells, strict=True)):
            return None
        if self.labelled and cells[0].casefold() not in _WHOLE:
            return None
        found: dict[int, float] = {}
        for at, cell in enumerate(cells):
            value = number(cell)
            if value is None and (pair := _PAIR.match(cell)) is not None:
                value = float(pair[1])
            if value is not None:
                found[at] = value
        return found


def _counted(cell: str) -> bool:
    return number(cell) is not None or _PAIR.match(cell) is not None


def open_table(row: str, above: list[str]) -> Table | None:
    """The table that a row belongs to, if one of the few lines above it names its columns."""
    width = len(cells_of(row))
    lines = [line for line in above if not is_rule(line)]
    for back, header in enumerate(reversed(lines)):
        if not _may_name_columns(header):
            continue
        for wide in (False, True):
            names = cells_of(header, wide=wide)
            if len(names) == width + 1 and names[-1].casefold().strip(".:") in _REMARKS:
                names.pop()
            if len(names) != width and len(names) != len(cells_of(row, wide=True)):
                continue
            if not wide and back + 1 < len(lines):
                upper = cells_of(lines[-back - 2])
                drawn = len(_PIPES.findall(header)) > 2 and len(_PIPES.findall(lines[-back - 2])) > 2
                words = not any(number(cell) is not None or _PAIR.match(cell) for cell in upper)
                if len(upper) == len(names) and words and (drawn or all(cell.isalpha() for cell in (*upper, *names))):
                    names = [f"{first} {second}".strip() for first, second in zip(upper, names, strict=True)]
            table = _table(names, row, wide=len(names) != width)
            if table is not None:
                return table
    return None


@lru_cache(maxsize=256)
def _may_name_columns(line: str) -> bool:
    """Mostly words, of which one is that of a curve or of a part of one."""
    said = re.findall(r"[^\W\d_][\w@.:-]*", _BAR_TAIL.sub("", line))
    return 2 <= len(said) <= 3 * MAX_COLUMNS and any(
        kind(word.strip(":.")) in CURVES or word.casefold() in _TERMS or only_phase(word) for word in said
    )


def _table(names: list[str], row: str, *, wide: bool) -> Table | None:
    bare = [
        re.sub(r"^\w+\(|[):]+$", "", name) if name.count("(") != name.count(")") else name.rstrip(":") for name in names
    ]
    if not 2 <= len(bare) <= MAX_COLUMNS or any(number(name) is not None or len(name.split()) > 4 for name in bare):
        return None
    lower = [name.casefold() for name in bare]
    if len(set(lower)) != len(lower):
        return None
    if {"p", "r"} <= set(lower):
        bare = [_SHORT.get(name.casefold(), name) for name in bare]
    if len(_TERMS & set(lower)) >= 2:
        bare = [f"{name}_loss" if name.casefold() in _TERMS else name for name in bare]
    if "#" in lower:  # `E  #  LOSS …`: epoch and step
        bare = ["step" if name == "#" else "epoch" if name == "E" else name for name in bare]
    if not any(kind(name) in CURVES for name in bare):
        bare = [f"{name} loss" if only_phase(name) else name for name in bare]
    columns = tuple(_column(name) for name in bare)
    if not any(column.kind in CURVES for column in columns):
        return None
    counted = any(column.counts for column in columns)
    cells = cells_of(row, wide=wide)
    text = [cell for cell in cells if number(cell) is None and not _PAIR.match(cell)]
    labelled = not counted and bool(cells) and bool(text) and cells[0] == text[0]
    if not counted and not labelled and text:
        return None
    return Table(columns, wide, labelled)


def _column(name: str) -> Column:
    counts = (
        counter(name)
        or (("epoch", 0) if name.casefold() == "epochs" else None)
        or (("step", 60) if "counter" in name.casefold().split() else None)
    )
    if counts is not None:
        return Column(counts=counts[0])
    measured = kind(name)
    if measured in (Kind.TIME, Kind.COUNTER) or about_others(name):
        return Column()
    return Column(name, measured)
