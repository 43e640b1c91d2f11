"""One block of complete lines of a text table, to columns: the regular lines together, the others one by one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8, UInt64

from .cell import ABSENT, number_in
from .dialect import COMMENTS, Dialect, is_conflict_marker, is_noise
from .digits import MARGIN, parse_decimals, words_of

_BLANK, _QUOTE, _RETURN, _LINE = 32, 34, 13, 10
_MAX_TEXT = 200
_AROUND = bytes(MARGIN)
_THREE, _NAN, _NAN_TITLE = (np.uint64(int.from_bytes(word, "little")) for word in (b"\xff\xff\xff", b"nan", b"NaN"))


@dataclass(slots=True)
class Block:
    """`numbers` and `texts` hold one entry for each column of the dialect: an array or a list, None if it is the other."""

    size: int  # bytes
    lines: int
    rows: int
    numbers: list[Float[np.ndarray, " rows"] | None]
    texts: list[list[str] | None]
    problems: list[tuple[str, int, int]] = field(default_factory=list)  # reason, line within the block, how many
    marks: list[tuple[int, str]] = field(default_factory=list)  # before this row: "header", or a conflict's line


def read_block(data: bytes, dialect: Dialect) -> Block:
    """Read `data`, whole lines each ended by a line feed."""
    padded = np.frombuffer(b"".join((_AROUND, data, _AROUND)), dtype=np.uint8)
    is_end = padded == _LINE
    lines = int(np.count_nonzero(is_end))
    block = Block(len(data), lines, 0, [], [])
    ends = _regular(padded, is_end, lines, dialect.delimiter, len(dialect.names)) if dialect.delimiter != " " else None
    if ends is None:
        _by_line(block, data, padded, np.flatnonzero(is_end) - MARGIN, dialect)
        return block
    # Bytes that stand around a cell without belonging to it (blank, quote, carriage return) all lie below this one.
    low = int(np.count_nonzero(padded <= _QUOTE)) - 2 * MARGIN
    trim = low != lines + (data.count(b"\t") if dialect.delimiter == "\t" else 0)
    before = np.empty(lines, dtype=ends.dtype)
    before[0] = MARGIN - 1
    before[1:] = ends[:-1, -1]
    _fill(block, padded, _Edges(before, ends), np.arange(lines), dialect, trim=trim)
    return block


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where the cells of regular rows are: the byte before each row, and the byte after each cell."""

    before: Int[np.ndarray, " rows"]
    ends: Int[np.ndarray, "rows width"]


def _regular(
    padded: UInt8[np.ndarray, " bytes"], is_end: Bool[np.ndarray, " bytes"], lines: int, delimiter: str, width: int
) -> Int[np.ndarray, "lines width"] | None:
    """The byte after every cell, if every line has as many cells as the table has columns."""
    mask = padded == ord(delimiter)
    mask |= is_end
    ends = np.flatnonzero(mask)
    if ends.size != lines * width:
        return None
    table = ends.reshape(-1, width)
    return table if bool((padded[table[:, -1]] == _LINE).all()) else None


def _by_line(
    block: Block,
    data: bytes,
    padded: UInt8[np.ndarray, " bytes"],
    line_ends: Int[np.ndarray, " lines"],
    dialect: Dialect,
) -> None:
    """Lines that differ: those with the usual number of cells are read together, the others each by itself."""
    width = len(dialect.names)
    line_starts = np.concatenate([[0], line_ends[:-1] + 1])
    if dialect.delimiter == " ":
        usual = np.zeros(line_ends.size, dtype=bool)
    else:
        separators = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord(dialect.delimiter))
        before = np.searchsorted(separators, line_starts)
        usual = np.searchsorted(separators, line_ends) - before == width - 1
        usual &= line_ends - line_starts >= width
        usual &= ~_has_quotes(data, line_starts, line_ends)
        usual &= ~np.isin(np.frombuffer(data, dtype=np.uint8)[line_starts], [ord(mark) for mark in COMMENTS])
        usual &= (
            line_ends
            - line_starts
            - np.equal(np.frombuffer(data, dtype=np.uint8)[np.maximum(line_ends - 1, 0)], _RETURN)
            > 0
        )
    slow = np.flatnonzero(~usual)
    rows = np.flatnonzero(usual)
    fast = Block(block.size, block.lines, 0, [], [])
    if rows.size:
        inner = (
            separators[before[rows][:, None] + np.arange(width - 1)]
            if width > 1
            else np.empty((rows.size, 0), dtype=np.int64)
        )
        ends = np.concatenate([inner, line_ends[rows][:, None]], axis=1) + MARGIN
        _fill(fast, padded, _Edges(line_starts[rows] + (MARGIN - 1), ends), rows, dialect, trim=True)
    kept: list[int] = []
    cells_of: list[list[str]] = []
    marks: list[tuple[int, str]] = []  # line, what
    for line in slow.tolist():
        text = data[line_starts[line] : line_ends[line]].decode("utf-8", "replace").removesuffix("\r")
        if is_conflict_marker(text):
            marks.append((line, text[:7]))
        elif not is_noise(text):
            cells = dialect.cells(text)
            if dialect.header and text.strip() == dialect.header_line:
                marks.append((line, "header"))
            elif _fits(cells, width):
                kept.append(line)
                cells_of.append(cells)
            else:
                block.problems.append(("ragged-row", line, 1))
    _merge(block, fast, rows, np.array(kept, dtype=np.int64), cells_of, marks=marks, dialect=dialect)


def _merge(
    block: Block,
    fast: Block,
    fast_lines: Int[np.ndarray, " fast"],
    slow_lines: Int[np.ndarray, " slow"],
    cells_of: list[list[str]],
    *,
    marks: list[tuple[int, str]],
    dialect: Dialect,
) -> None:
    """Both kinds of rows in the order of their lines."""
    kept = (
        fast_lines
        if fast.rows == fast_lines.size
        else np.array([line for line, row in zip(fast_lines, fast_kept(fast, fast_lines), strict=True) if row])
    )
    lines = np.concatenate([kept, slow_lines])
    order = np.argsort(lines, kind="stable")
    block.rows = int(lines.size)
    block.problems += fast.problems
    for index, numeric in enumerate(dialect.numeric):
        if numeric:
            slow = np.empty(slow_lines.size)
            for row, cells in enumerate(cells_of):
                slow[row] = _number(
                    cells[index] if index < len(cells) else "", dialect, index, block, int(slow_lines[row])
                )
            quick = fast.numbers[index] if fast.rows else np.empty(0)
            assert quick is not None
            block.numbers.append(np.concatenate([quick, slow])[order])
            block.texts.append(None)
        else:
            words = [cells[index].strip()[:_MAX_TEXT] if index < len(cells) else "" for cells in cells_of]
            both = [*((fast.texts[index] if fast.rows else None) or []), *words]
            block.numbers.append(None)
            block.texts.append([both[place] for place in order.tolist()])
    sorted_lines = lines[order]
    fast_marks = [(int(kept[row]) if row < kept.size else block.lines, what) for row, what in fast.marks]
    for line, what in sorted(marks + fast_marks):
        block.marks.append((int(np.searchsorted(sorted_lines, line)), what))


def fast_kept(fast: Block, lines: Int[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    """Which of the lines became rows (the others were the header again)."""
    dropped = {line for reason, line, _ in fast.problems if reason == _HEADER}
    fast.problems = [problem for problem in fast.problems if problem[0] != _HEADER]
    return np.array([int(line) not in dropped for line in lines])


_HEADER = "header"


def _fill(
    block: Block,
    padded: UInt8[np.ndarray, " bytes"],
    edges: _Edges,
    lines: Int[np.ndarray, " n"],
    dialect: Dialect,
    *,
    trim: bool,
) -> None:
    """Read the cells of regular rows into `block`."""
    block.rows = edges.before.size
    words = words_of(padded)
    again: dict[int, int] = {}
    for start, stop in _alike(padded, edges, dialect):
        width = stop - start
        after = np.ascontiguousarray(edges.ends[:, start:stop])
        first = np.empty_like(after)
        first[:, 0] = edges.ends[:, start - 1] if start else edges.before
        first[:, 1:] = after[:, :-1]
        first += 1
        first, last = first.ravel(), after.ravel()
        if trim:
            first, last = _trimmed(padded, first, last)
        if not dialect.numeric[start]:
            block.numbers.append(None)
            block.texts.append(
                [_text(padded, a, b)[:_MAX_TEXT] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
            )
            continue
        values, unread = _parsed(words, first, last)
        for place in unread:
            row, index = place // width, start + place % width
            cell = _text(padded, first[place], last[place])
            if cell and index < len(dialect.header) and cell == dialect.header[index].strip("\"'"):
                again[row] = again.get(row, 0) + 1
                values[place] = ABSENT
                continue
            values[place] = _number(cell, dialect, index, block, int(lines[row]))
        block.numbers += list(values.reshape(-1, width).T)
        block.texts += [None] * width
    # A row whose every number is its column's name is the header again.
    named = sum(numeric and bool(name) for numeric, name in zip(dialect.numeric, dialect.header, strict=False))
    headers = sorted(row for row, count in again.items() if count == named)
    for row, count in again.items():
        if row not in headers:
            block.problems.append(("not-a-number", int(lines[row]), count))
    if headers:
        keep = np.ones(block.rows, dtype=bool)
        keep[headers] = False
        block.numbers = [None if column is None else column[keep] for column in block.numbers]
        block.texts = [
            None if words is None else [word for word, kept in zip(words, keep, strict=True) if kept]
            for words in block.texts
        ]
        block.rows = int(keep.sum())
        block.marks += [(row - place, _HEADER) for place, row in enumerate(headers)]
        block.problems += [(_HEADER, int(lines[row]), 1) for row in headers]


def _alike(padded: UInt8[np.ndarray, " bytes"], edges: _Edges, dialect: Dialect) -> Iterator[tuple[int, int]]:
    """Ranges of neighbouring columns whose numbers are written alike (as long, with or without a dot).

    They are parsed as one long list, which is kinder to the cache than one column of a wide table after the other.
    """
    rows = edges.before.size
    sample = sorted({0, rows // 3, rows // 2, rows - 1}) if rows else []
    kinds = []
    for index, numeric in enumerate(dialect.numeric):
        before = edges.ends[:, index - 1] if index else edges.before
        cells = [padded[before[row] + 1 : edges.ends[row, index]].tobytes().strip() for row in sample]
        forms = Counter((min(len(cell) // 8, 2), b"." in cell, b"e" in cell) for cell in cells)
        kinds.append((forms.most_common(1)[0][0] if forms else None, -1 if numeric else index))
    start = 0
    for index in range(1, len(kinds) + 1):
        if index == len(kinds) or kinds[index] != kinds[start]:
            yield start, index
            start = index


def _parsed(
    words: UInt64[np.ndarray, " words"], first: Int[np.ndarray, " n"], last: Int[np.ndarray, " n"]
) -> tuple[Float[np.ndarray, " n"], list[int]]:
    """The numbers of one column, and the rows whose cell needs a closer look. Empty cells are `ABSENT`."""
    filled = last > first
    if filled.all():
        values, unread = parse_decimals(words, first, last)
        rows = np.flatnonzero(unread)
    else:
        there = np.flatnonzero(filled)
        values = np.full(first.size, ABSENT)
        values[there], unread = parse_decimals(words, first[there], last[there])
        rows = there[unread]
    if rows.size:
        word = words[first[rows]] & _THREE
        nans = rows[(last[rows] - first[rows] == 3) & ((word == _NAN) | (word == _NAN_TITLE))]
        if nans.size:
            values[nans] = np.nan
            rows = np.setdiff1d(rows, nans, assume_unique=True)
    return values, rows.tolist()


def _text(padded: UInt8[np.ndarray, " bytes"], start: int, end: int) -> str:
    return padded[start:end].tobytes().decode("utf-8", "replace")


def _trimmed(
    padded: UInt8[np.ndarray, " bytes"], start: Int[np.ndarray, " n"], end: Int[np.ndarray, " n"]
) -> tuple[Int[np.ndarray, " n"], Int[np.ndarray, " n"]]:
    """The cells without blanks, quotes and carriage returns around them."""
    for _ in range(200):
        junk = _is_junk(padded[start]) & (start < end)
        if not junk.any():
            break
        start = start + junk
    for _ in range(200):
        junk = _is_junk(padded[end - 1]) & (start < end)
        if not junk.any():
            break
        end = end - junk
    return start, end


def _is_junk(byte: UInt8[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    if int(byte.min(initial=255)) > _QUOTE:
        return np.zeros(byte.size, dtype=bool)
    return np.asarray((byte == _BLANK) | (byte == _QUOTE) | (byte == _RETURN) | (byte == 9))


def _has_quotes(
    data: bytes, starts: Int[np.ndarray, " lines"], ends: Int[np.ndarray, " lines"]
) -> Bool[np.ndarray, " lines"]:
    if b'"' not in data:
        return np.zeros(starts.size, dtype=bool)
    quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _QUOTE)
    return np.asarray(np.searchsorted(quotes, ends) > np.searchsorted(quotes, starts))


def _number(cell: str, dialect: Dialect, index: int, block: Block, line: int) -> float:
    number = number_in(cell, comma=dialect.commas[index])
    if number is None:
        block.problems.append(("not-a-number", line, 1))
        return ABSENT
    return number


def _fits(cells: list[str], width: int) -> bool:
    """A row with too few cells lacks the last ones; one with too many is usable if the surplus is empty."""
    if len(cells) <= width:
        return len(cells) > 1 or width == 1
    return not any(cell.strip() for cell in cells[width:])
