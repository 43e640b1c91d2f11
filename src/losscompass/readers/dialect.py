"""How a text table is written: what separates its cells, where its header is, what a comma means."""

import csv
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..evidence.names import role_of
from .cell import ABSENT, meaning_of_comma, number_in
from .positions import is_position_name

_LONGEST_COMMENT = 2_000  # characters of a line that names columns
_LINES = 200  # of the head looked at
_SHARE = 0.8  # of the rows have as many cells as the table has columns
_RULE = re.compile(r"[\s|+:=*_-]{3,}")  # a line drawn under the header
_DELIMITERS = (",", "\t", ";", "|", " ")
_TORN = re.compile(r"\[\s*[-+]?\d*\.\d[^\]]*$|\{\s*['\"][^{}]*$")  # `[0.5`, `{'loss'`
_PAIR = re.compile(r"[^\W\d][^\d:=]{0,40}[:=]\s*[-+]?[\d.]")
COMMENTS = "#%"  # what a line begins with that is none of the table: numpy and gnuplot write #, TeX and MATLAB %
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})( .*)?")


Facts = tuple[tuple[str, str | float | int | bool], ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to cut a line into cells."""

    delimiter: str  # " " stands for any run of blanks
    names: tuple[str, ...]  # of the columns, unique
    has_header: bool
    header: tuple[str, ...]  # its cells as written, to recognise them again
    header_line: str  # the whole line, without blanks around it
    numeric: tuple[bool, ...]  # which columns are numbers, as far as the head tells
    commas: tuple[str, ...]  # what a comma inside a number means, for each column
    facts: Facts = ()  # of a comment before the header

    def cells(self, line: str) -> list[str]:
        """The cells of one line."""
        return split(line, self.delimiter)


def split(line: str, delimiter: str) -> list[str]:
    """Cut a line into cells."""
    if delimiter == " ":
        return line.split()
    if '"' in line:
        try:
            return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except (csv.Error, StopIteration):
            pass
    cells = line.split(delimiter)
    if delimiter == "|" and len(cells) > 2 and not cells[0].strip() and not cells[-1].strip():
        cells = cells[1:-1]  # a boxed table
    return cells


def is_conflict_marker(line: str) -> bool:
    """Whether a merge tool left this line."""
    return line[:1] in "<=>|" and _CONFLICT.fullmatch(line.rstrip()) is not None


def is_noise(line: str) -> bool:
    """A line of a table that holds no cells: blank, a comment, a rule."""
    text = line.strip()
    return not text or text[0] in COMMENTS or (text[0] in "-=+|*_:" and _RULE.fullmatch(text) is not None)


def find_dialect(text: str, *, whole: bool) -> Dialect | None:
    """The dialect of the table that `text` begins with, None if it begins with none. `whole`: it is the whole file."""
    lines = text.splitlines()[: _LINES + 1]
    if not whole and len(lines) > 1:
        lines.pop()  # cut by the end of the head
    facts = _comment_facts(lines)
    above = _comment_above(lines)
    lines = [line for line in lines if not is_noise(line) and not is_conflict_marker(line)][:_LINES]
    if not lines:
        return None
    best: tuple[float, Dialect] | None = None
    for delimiter in _DELIMITERS:
        found = _with_delimiter(lines, delimiter, facts)
        if found is not None and (best is None or found[0] > best[0] + 0.02):
            best = found
    dialect = best[1] if best is not None else _single_column(lines, facts)
    return dialect if dialect is None or dialect.has_header else _headed_by(above, dialect)


def _comment_above(lines: Sequence[str]) -> str:
    """The comment right above the first row, where numpy's `savetxt` puts the names of the columns."""
    comment = ""
    for line in lines:
        if not is_noise(line):
            break
        comment = line if line.strip()[:1] in tuple(COMMENTS) else comment
    return comment.strip()


def _headed_by(comment: str, dialect: Dialect) -> Dialect:
    """The same dialect with the names that a comment gives its columns: as many as there are, one of them of training."""
    text = comment.lstrip(COMMENTS + " \t")
    width = len(dialect.names)
    if not text or len(text) > _LONGEST_COMMENT:
        return dialect
    for cut in (dialect.delimiter, ",", "\t", r"\s{2,}", " "):
        cells = [text] if width == 1 else re.split(cut, text) if "\\" in cut else split(text, cut)
        names = [cell.strip().strip("\"'").strip() for cell in cells]
        if len(names) != width or any(not name or number_in(name) is not None for name in names):
            continue
        if any(is_position_name(name) or role_of(name)[1].direction for name in names):
            written = (comment[: len(comment) - len(text)] + cells[0].strip(), *(cell.strip() for cell in cells[1:]))
            return replace(dialect, names=unique(names, width), has_header=True, header=written, header_line=comment)
    return dialect


def _with_delimiter(lines: Sequence[str], delimiter: str, facts: Facts) -> tuple[float, Dialect] | None:
    if delimiter != " " and sum(delimiter in line for line in lines) < _SHARE * len(lines):
        return None
    rows = [split(line, delimiter) for line in lines]
    body = rows[1:] or rows
    width, often = Counter(map(len, body)).most_common(1)[0]
    if width < 2 or often < _SHARE * len(body):
        return None
    first = rows[0]
    if delimiter == " " and len(first) != width:
        first = re.split(r"\s{2,}|\t", lines[0].strip())
    if len(first) != width and (width < 3 or abs(len(first) - width) > 1):
        return None
    has_header = _is_header(first, rows[1:])
    if len(rows) < 2 and not (has_header and delimiter != " " and any(map(is_position_name, first))):
        return None
    if has_header and delimiter == "|" and len(rows) > 1 and _goes_on(first, rows[1]):
        return None  # names over two lines: a table drawn for the eye (MATLAB), which `printed` reads
    if has_header and any(_TORN.search(cell) for cell in first):
        return None  # a list that Python printed, cut at its commas
    if has_header and len(first) > width and delimiter != " ":
        width = len(first)
    full = [row for row in (rows[1:] if has_header else rows) if len(row) == width]
    columns = [[row[index] for row in full[:_LINES]] for index in range(width)]
    shares = [_numeric_share(column) for column in columns]
    numeric = tuple(share is None or share >= 0.6 for share in shares)
    known = [share for share in shares if share is not None]
    if has_header and not full:
        numeric = (True,) * width
    elif not any(share >= 0.6 for share in known) or (not has_header and not all(numeric)):
        return None
    if any(_is_prose(column) for column, is_number in zip(columns, numeric, strict=True) if not is_number):
        return None
    share_of_cells = sum(known) / len(known) if known else 0.0
    if delimiter == " " and (share_of_cells < 0.95 or often < 0.95 * len(body)):
        return None  # words and numbers mixed: a printed log, not a table
    names = unique([cell.strip().strip("\"'").strip() for cell in first], width) if has_header else unique([], width)
    decimal = any(meaning_of_comma(column, counts=False, elsewhere=False) == "decimal" for column in columns)
    commas = tuple(
        meaning_of_comma(column, counts=is_position_name(name), elsewhere=decimal or delimiter == ";")
        if delimiter != ","
        else ""
        for column, name in zip(columns, names, strict=True)
    )
    header = tuple(cell.strip() for cell in first) if has_header else ()
    score = share_of_cells * often / len(body)
    header_line = lines[0].strip() if has_header else ""
    return score, Dialect(delimiter, names, has_header, header, header_line, numeric, commas, facts)


def _goes_on(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second line of a drawn table goes on with the names of the first, in some of the columns."""
    cells = [cell.strip() for cell in second]
    return len(first) == len(second) and any(cells) and all(number_in(cell) in (None, ABSENT) for cell in cells)


def _is_prose(column: Sequence[str]) -> bool:
    """Cells that themselves say what their number is (`rmse: 0.23`, `loss=1.2`): a printed log that happens to hold tabs."""
    return sum(_PAIR.search(cell) is not None for cell in column) > len(column) / 2


def _single_column(lines: Sequence[str], facts: Facts) -> Dialect | None:
    """Nothing but one number a line, perhaps under a name."""
    body = lines[1:]
    if len(body) < 2 or any(number_in(line) in (None, ABSENT) for line in body):
        return None
    has_header = number_in(lines[0]) is None
    name = (lines[0].strip().strip("\"'"),) if has_header else ("",)
    return Dialect(
        "\0",
        name,
        has_header,
        name if has_header else (),
        lines[0].strip() if has_header else "",
        (True,),
        ("",),
        facts,
    )


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    cells = [cell.strip().strip("\"'").strip() for cell in first]
    filled = [cell for cell in cells if cell]
    if not filled or filled[0].casefold() in ("nan", "inf", "-inf"):
        return False
    words = [cell for cell in filled if number_in(cell) is None]
    if len(words) == len(filled):
        return True
    if cells[0] == "" or is_position_name(cells[0]):
        return True
    # Some cells are numbers: a header only if it names what is a number in the rows below.
    below = [row for row in body[:20] if len(row) == len(cells)]
    named = sum(
        1
        for index, cell in enumerate(cells)
        if cell and number_in(cell) is None and any(number_in(row[index]) is not None for row in below)
    )
    return named > len(filled) / 2


def _numeric_share(column: Sequence[str]) -> float | None:
    """The share of numbers among the filled cells; None if there is none."""
    filled = [number for cell in column if not ((number := number_in(cell)) is not None and _same(number, ABSENT))]
    return sum(number is not None for number in filled) / len(filled) if filled else None


def _same(a: float, b: float) -> bool:
    import struct

    return struct.pack("d", a) == struct.pack("d", b)


def unique(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """A name for every column: as written, the nameless by their place, the repeated told apart."""
    names: list[str] = []
    seen: set[str] = set()
    for index in range(width):
        cell = cells[index] if index < len(cells) else ""
        name = cell if cell or index == 0 else f"column {index + 1}"
        count = 2
        while name in seen:
            name = f"{cell} ({count})"
            count += 1
        seen.add(name)
        names.append(name)
    return tuple(names)


def _comment_facts(lines: Sequence[str]) -> Facts:
    """What a JSON comment before the header says (`#{"t_start": …, "env_id": …}`)."""
    facts: list[tuple[str, str | float | int | bool]] = []
    for line in lines[:5]:
        if line.startswith("#") and "{" in line[:4]:
            try:
                content = json.loads(line[line.index("{") :])
            except (ValueError, RecursionError):
                continue
            if isinstance(content, dict):
                facts += [(str(k), v) for k, v in content.items() if isinstance(v, (str, int, float, bool))]
    return tuple(facts[:32])
