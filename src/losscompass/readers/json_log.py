"""Logs in JSON: one document (trainer_state.json, Keras history, CatBoost, Chainer …) or one object a line."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..evidence.records import Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError
from .encoding import read_text, text_lines
from .exports import named_after_export
from .json_shapes import is_history, records_from_document
from .json_text import Parsed, parse_documents, parse_line
from .python_values import value_at
from .table import records_from_rows

MAX_DOCUMENT = 512 << 20  # parsed as a whole, at about four times its size in memory
MAX_LINES = 4 << 30
_LINES = 20  # of the head looked at


def sniff(head: Head) -> bool:
    """A text that begins with an object or a list, or whose lines do."""
    if head.text is None:
        return False
    text = head.text.lstrip("\ufeff \t\r\n\x1e")
    if text[:1] == "{":
        return text[1:].lstrip()[:1] in ('"', "'", "}")
    if text[:1] == "[":
        return text[1:].lstrip()[:1] in ("{", "[", "]") or _is_numbers(text[1:])
    return False


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a JSON log."""
    size = path.stat().st_size
    if _is_lines(path):
        if size > MAX_LINES:
            raise UnreadableError("too-large", {"limit": MAX_LINES >> 20})
        records = _read_lines(path)
    else:
        if size > MAX_DOCUMENT:
            raise UnreadableError("too-large", {"limit": MAX_DOCUMENT >> 20})
        records = _read_document(path)
    curves = 0
    for record in records:
        curves += isinstance(record, ScalarBlock)
        yield record
    if not curves:
        raise UnreadableError("no-curve")


def _read_document(path: Path) -> Iterator[Record]:
    text = read_text(path)
    parsed = parse_documents(text)
    if parsed.skipped and (whole := _python_value(text)) is not None:
        parsed = Parsed([whole])
    if not parsed.documents:
        raise UnreadableError("damaged-json" if parsed.skipped else "no-curve")
    yield Fact("format", "json")
    documents = parsed.documents
    document = documents[0] if len(documents) == 1 else documents
    records = records_from_document(document)
    if isinstance(document, list):  # TensorBoard's download of one tag: rows, and no name but the file's
        records = named_after_export(records, path.stem, headed=True)
    yield from records
    yield from parsed.skipped


def _python_value(text: str) -> object:
    """The whole text as one value that Python printed, None if it is none: `{'loss': array([0.5, 0.4])}`."""
    try:
        value, end = value_at(text, 0)
    except ValueError:
        return None
    return None if text[end:].strip() else value


def _read_lines(path: Path) -> Iterator[Record]:
    yield Fact("format", "jsonl")
    skipped: dict[str, Skipped] = {}
    yield from records_from_rows(_rows(path, skipped))
    yield from skipped.values()


def _rows(path: Path, skipped: dict[str, Skipped]) -> Iterator[Mapping[str, object]]:
    for number, (line, terminated) in enumerate(text_lines(path), 1):
        text = line.strip().lstrip("\ufeff\x1e").rstrip(",\0")
        if not text or text in ("[", "]"):
            continue
        try:
            row = parse_line(text)
        except ValueError:
            reason = "damaged-row" if terminated else "cut-off-last-row"
        else:
            if isinstance(row, dict):
                yield row
                continue
            reason = "damaged-row"
        known = skipped.get(reason)
        skipped[reason] = Skipped(reason, known.count + 1 if known else 1, known.where if known else f"line {number}")


def _is_lines(path: Path) -> bool:
    """Whether the lines are objects by themselves: the first one, another, and most of them."""
    good = bad = 0
    for line, terminated in text_lines(path, longest=1 << 24):
        text = line.strip().lstrip("\ufeff\x1e").rstrip(",\0")
        if not text:
            continue
        try:
            row = parse_line(text) if text[0] == "{" else None
            is_row = isinstance(row, dict) and not is_history(row)
        except ValueError:
            is_row = False
        good, bad = good + is_row, bad + (not is_row and terminated)
        if good + bad >= _LINES or not good:
            break
    return good >= 2 and good >= 4 * bad


def _is_numbers(text: str) -> bool:
    first = text.lstrip()[:40].split(",")[0].split("]")[0].strip()
    try:
        float(first)
    except ValueError:
        return False
    return True


READER = Reader("json", sniff, read)
