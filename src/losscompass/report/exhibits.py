"""Tables among the exhibits of a finding: their heads in words, their cells as text."""

from collections.abc import Sequence

from ..diagnose.diagnosis import Found
from ..rules.base import Exhibit, Value
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad
from .plain import plain

WIDEST = 28
"""Cells of a column on a terminal; longer ones are cut, and the mark says so."""


def tables(found: Found) -> list[Exhibit]:
    """The exhibits that are tables."""
    return [exhibit for exhibit in found.exhibits if exhibit.kind == "table" and exhibit.rows]


def rows(exhibit: Exhibit, catalogue: Catalogue) -> tuple[list[str], list[list[str]]]:
    """The head and the rows as plain text; a share is written as one."""
    head = [
        catalogue.ui(f"exhibit.{column}") if catalogue.has(f"exhibit.{column}") else plain(column)
        for column in exhibit.columns
    ]
    body = [[_cell(value, catalogue) for value in row] for row in exhibit.rows]
    return head, body


def lines(exhibit: Exhibit, catalogue: Catalogue, width: int, most: int) -> list[str]:
    """The table in lines of at most `width` cells, its numbers to the right."""
    head, body = rows(exhibit, catalogue)
    shown = body[:most]
    numeric = [all(isinstance(row[at], int | float) for row in exhibit.rows) for at in range(len(head))]
    widths = [min(WIDEST, max(cells(line[at]) for line in [head, *shown])) for at in range(len(head))]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > 6:
        widths[widths.index(max(widths))] -= 1
    drawn = [_line(line, widths, numeric) for line in [head, *shown]]
    if len(body) > most:
        drawn.append(catalogue.ui("exhibit.more", count=len(body) - most))
    return drawn


def _line(line: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    parts = []
    for text, wide, right in zip(line, widths, numeric, strict=True):
        first = text if cells(text) <= wide else fold(text, max(1, wide - 1))[0][: wide - 1] + "…"
        parts.append(" " * (wide - cells(first)) + first if right else pad(first, wide))
    return "  ".join(parts).rstrip()


def _cell(value: Value, catalogue: Catalogue) -> str:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int):
        return f"{value}"
    return "-" if value != value else catalogue.number(value)  # noqa: PLR0124 - NaN: there is none
