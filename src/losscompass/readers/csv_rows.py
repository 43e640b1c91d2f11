"""The rows of a text table to records, block by block: several runs under one header, conflicts, a torn last line."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np
from jaxtyping import Float

from ..evidence.records import Event, Record, Skipped
from .cell import is_absent
from .csv_block import Block, read_block
from .dialect import Dialect
from .encoding import utf8_chunks
from .table import records_from_columns

_BLOCK = 1 << 21  # bytes: smaller ones wait more often for the interpreter, larger ones do not fit the cache
_LONGEST_LINE = 1 << 26
_WORDY_ROWS = 1_000_000  # rows after which a column of ever new words is no longer kept
_FEW_WORDS = 256
_MOST_ROOM = 1 << 25  # numbers that are made room for before they are read
_AHEAD = 3  # blocks being read at the same time


class _Counts:
    """What could not be used, counted by reason, with the first place."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}

    def add(self, reason: str, where: str, count: int = 1) -> None:
        before, first = self._seen.get(reason, (0, where))
        self._seen[reason] = (before + count, first)

    def records(self) -> Iterator[Skipped]:
        for reason, (count, where) in self._seen.items():
            yield Skipped(reason, count, where)


class _Part:
    """The rows between two headers: one run."""

    def __init__(self, dialect: Dialect, size: int) -> None:
        """`size`: bytes that the part can have at most."""
        self.dialect = dialect
        self.size = size
        self.numbers: list[Float[np.ndarray, " room"]] = []  # the first `rows` of each count
        self.texts: list[list[list[str]]] = [[] for _ in dialect.names]
        self.rows = 0

    def add(self, block: Block, start: int, stop: int) -> None:
        if stop <= start:
            return
        if not self.rows:
            # Room for all rows at once, if they go on like these: memory that is never written to costs nothing.
            room = (
                min(int(1.1 * max(self.size, 0) * block.rows / block.size), _MOST_ROOM // len(self.texts)) + block.rows
            )
            self.numbers = [np.empty(room if numeric else 0) for numeric in self.dialect.numeric]
        for index, (numbers, texts) in enumerate(zip(block.numbers, block.texts, strict=True)):
            if numbers is not None:
                self._append(index, numbers[start:stop])
            if texts is not None:
                words = texts[start:stop]
                if self.rows > _WORDY_ROWS and len(set(words)) > _FEW_WORDS:
                    words = [""] * len(words)  # neither a phase nor a name: not worth the memory
                self.texts[index].append(words)
        self.rows += stop - start

    def _append(self, index: int, numbers: Float[np.ndarray, " n"]) -> None:
        """Copied now, while the next blocks are being read, rather than all at the end."""
        kept = self.numbers[index]
        stop = self.rows + numbers.size
        if stop > kept.size:
            larger = np.empty(max(stop, 2 * kept.size))
            larger[: self.rows] = kept[: self.rows]
            self.numbers[index] = kept = larger
        kept[self.rows : stop] = numbers

    def records(self) -> Iterator[Record]:
        """The records of this part."""
        columns: dict[str, np.ndarray] = {}
        absent: dict[str, np.ndarray] = {}
        texts: dict[str, list[str]] = {}
        empty_cells = False
        for index, name in enumerate(self.dialect.names):
            if self.dialect.numeric[index]:
                columns[name] = self.numbers[index][: self.rows] if self.rows else np.empty(0)
                absent[name] = is_absent(columns[name])
                empty_cells = empty_cells or bool(absent[name].any())
            else:
                texts[name] = list(chain.from_iterable(self.texts[index]))
        # A file that leaves cells empty means NaN where it writes NaN; one that fills every cell may mean either.
        yield from records_from_columns(columns, absent=absent if empty_cells else None, texts=texts)


def read_table(path: Path, dialect: Dialect) -> Iterator[Record]:
    """Yield the records of the table in `path`, part by part, and what of it could not be used."""
    counts = _Counts()
    left = path.stat().st_size
    part = _Part(dialect, left)
    parts = 1
    theirs = False  # within the second side of a conflict
    line = 0
    for block in _blocks(path, dialect, counts):
        for reason, at, count in block.problems:
            if reason != "header":
                counts.add(reason, f"line {line + at + 1}", count)
        done = 0
        for row, what in [*block.marks, (block.rows, "end")]:
            if not theirs:
                part.add(block, done, row)
            done = row
            if what == "header":
                if part.rows:
                    yield from part.records()
                    yield Event("run-start", data={"name": str(parts + 1)})
                    part, parts = _Part(dialect, left), parts + 1
            elif what != "end":
                counts.add("merge-conflict", f"line {line + 1}", int(what.startswith("<")))
                theirs = what.startswith(("=", "|"))
        line += block.lines
        left -= block.size
    yield from part.records()
    yield from counts.records()


def _blocks(path: Path, dialect: Dialect, counts: _Counts) -> Iterator[Block]:
    """The blocks in their order, a few of them read at the same time (numpy lets go of the interpreter)."""
    # A freed allocation of this size makes the allocator keep the memory of the blocks' temporaries between them.
    np.empty(6 << 20)
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="losscompass-csv") as pool:
        waiting: list[Future[Block]] = []
        for data in _whole_lines(path, dialect, counts):
            waiting.append(pool.submit(read_block, data, dialect))
            if len(waiting) >= _AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _whole_lines(path: Path, dialect: Dialect, counts: _Counts) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    rest = b""
    only_returns: bool | None = None
    for read in utf8_chunks(path, _BLOCK):
        if only_returns is None:
            only_returns = b"\n" not in read and b"\r" in read
        chunk = read.replace(b"\r", b"\n") if only_returns else read
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield b"".join((rest, memoryview(chunk)[:cut]))
            rest = b""
        rest += chunk[cut:]
        if len(rest) > _LONGEST_LINE:
            counts.add("too-long-line", path.name)
            rest = b""
    if rest.strip(b"\0 \t\r"):
        if _is_whole(rest.decode("utf-8", "replace"), dialect):
            yield rest + b"\n"
        else:
            counts.add("cut-off-last-row", "")


def _is_whole(line: str, dialect: Dialect) -> bool:
    """Whether the last row, whose line does not end, can be trusted: its last number may have lost digits."""
    cells = dialect.cells(line)
    last = cells[-1].strip().lstrip("+-0.").replace(".", "")
    return len(cells) == len(dialect.names) and (len(last) >= 15 or not dialect.numeric[-1])
