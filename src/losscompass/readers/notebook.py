"""Jupyter notebooks: what the cells printed is a log, and where beginners keep their curves.

Streams are read like any printed log, tables in HTML (the progress of Hugging Face's trainer, fastai's) like printed
tables. Each cell that printed a curve is a run: people train again and again in one notebook.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

from ..evidence.records import Event, Fact, Record
from .base import Head, Reader, UnreadableError
from .encoding import read_text
from .printed.lines import states_of
from .printed.log import PrintedLog

MAX_NOTEBOOK = 512 << 20  # pictures are stored inside; parsed as a whole
_CELLS = re.compile(r'"cell_type"\s*:')


def sniff(head: Head) -> bool:
    """An object whose beginning names cells. What makes it a notebook (`nbformat`) stands at the end of the file."""
    return head.text is not None and head.text.lstrip("\ufeff \t\r\n")[:1] == "{" and bool(_CELLS.search(head.text))


def read(path: Path) -> Iterator[Record]:
    """Yield the records of every cell that printed a curve, a run each, in the order of the notebook.

    Raises `UnreadableError`: "damaged-json", "too-large", or "no-curve" where no cell printed one.
    """
    if path.stat().st_size > MAX_NOTEBOOK:
        raise UnreadableError("too-large", {"limit": MAX_NOTEBOOK >> 20})
    try:
        notebook = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("damaged-json") from error
    found = [(number, records) for number, records in _cells(notebook) if records]
    if not found:
        raise UnreadableError("no-curve")
    yield Fact("format", "notebook")
    for number, records in found:
        if len(found) > 1:
            yield Event("run-start", data={"name": f"cell {number}"})
        yield from records


def _cells(notebook: object) -> Iterator[tuple[int, list[Record]]]:
    """Each code cell's number (from 1, all cells counted) and records; none where it printed no curve."""
    cells = notebook.get("cells") if isinstance(notebook, Mapping) else None
    for number, cell in enumerate(cells if isinstance(cells, list) else (), 1):
        outputs = cell.get("outputs") if isinstance(cell, Mapping) else None
        if not isinstance(outputs, list):
            continue
        log = PrintedLog()
        line = 0
        for output in outputs:
            for text in _texts(output):
                for one in text.split("\n"):
                    line += 1
                    for state, at in states_of(one, line):
                        log.take(state, at)
        try:
            yield number, list(log.records())
        except UnreadableError:
            yield number, []


def _texts(output: object) -> Iterator[str]:
    """What one output shows, as text. A table in HTML stands for the plain text that goes with it."""
    if not isinstance(output, Mapping):
        return
    if output.get("output_type") == "stream":
        yield _joined(output.get("text"))
        return
    data = output.get("data")
    if not isinstance(data, Mapping):
        return
    rows = _Tables.rows(_joined(data.get("text/html")))
    yield rows or _joined(data.get("text/plain"))


def _joined(text: object) -> str:
    """A text of a notebook is a string or a list of lines with their ends."""
    if isinstance(text, str):
        return text
    if isinstance(text, Sequence):
        return "".join(part for part in text if isinstance(part, str))
    return ""


class _Tables(HTMLParser):
    """The rows of the tables in a piece of HTML, a line each, cells between tabs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._row: list[str] | None = None
        self._inside = False

    @classmethod
    def rows(cls, html: str) -> str:
        """The rows as text; empty where there is no table."""
        if "<t" not in html.lower():
            return ""
        parser = cls()
        parser.feed(html)
        parser.close()
        return "\n".join(parser._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's
        if tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")
            self._inside = True

    def handle_data(self, data: str) -> None:
        if self._inside and self._row:
            self._row[-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False
        elif tag == "tr" and self._row is not None:
            if any(self._row):
                self._lines.append("| " + " | ".join(self._row) + " |")
            self._row = None


READER = Reader(format="notebook", sniff=sniff, read=read)
