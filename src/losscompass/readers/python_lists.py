"""Whole curves in a text, as Python prints its lists: `train_loss = [2.1, 1.9, …]`, `history: {'loss': array([…])}`.

Scripts print them once at the end, or save them by `str(losses)`. A text that also prints line by line is read as that
(`printed`): this reader is asked last.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from ..evidence.names import Kind, role_of
from ..evidence.records import Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError
from .encoding import read_text
from .json_shapes import records_from_document
from .positions import is_position_name
from .printed.phrase import phrase_before
from .printed.words import may_matter, trailing_name
from .python_values import WRAPPER, ShortenedError, value_at

MAX_BYTES = 256 << 20
_TAIL = 1 << 16  # bytes at the end of a file, where scripts print what they collected
_BEFORE = 120  # characters before a bracket in which its name is
_FEWEST = 3  # numbers of a curve
_LOOKED_AT = 2_000  # brackets of a head
_MAX_LISTS = 10_000
_OPENS = re.compile(rf"(?<![\w.])(?:{WRAPPER})\(|[\[{{(]")
_NUMBERS = re.compile(rf"(?:(?<![\w.])(?:{WRAPPER})\()?[\[(]+\s*[-+]?(?:\d*\.\d|\d+\.|\d+e-|nan|inf)", re.IGNORECASE)


def sniff(head: Head) -> bool:
    """A text that names a list of numbers after something that is measured in training."""
    if head.text is None:
        return False
    return _names_a_list(head.text) or (head.size > len(head.data) and _names_a_list(_end_of(head)))


def read(path: Path) -> Iterator[Record]:
    """Yield the records of all lists that are curves, positions or learning rates."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableError("too-large", {"limit": MAX_BYTES >> 20})
    lists: dict[str, list[float]] = {}
    shortened = 0
    for name, value in _values(read_text(path)):
        if value is None:
            shortened += 1
            continue
        for spelled, numbers in _numbers(value, name):
            if spelled in lists or len(lists) < _MAX_LISTS:
                lists[spelled] = _continued(lists.get(spelled, []), numbers)
    kept = {name: numbers for name, numbers in lists.items() if _is_wanted(name)}
    if not any(_is_curve(name, numbers) for name, numbers in kept.items()):
        raise UnreadableError("no-curve")
    yield Fact("format", "python")
    yield from (record for record in records_from_document(kept) if isinstance(record, (ScalarBlock, Skipped)))
    if shortened:
        yield Skipped("shortened-list", shortened)


READER = Reader("python", sniff, read)


def _names_a_list(text: str) -> bool:
    found = islice(_NUMBERS.finditer(text), _LOOKED_AT)
    return any(role_of(_name_before(text, one.start()))[1].direction for one in found)


def _end_of(head: Head) -> str:
    with head.path.open("rb") as file:
        file.seek(max(0, head.size - _TAIL))
        return file.read(_TAIL).decode("utf-8", "replace")


def _name_before(text: str, at: int) -> str:
    """What a bracket's value is called: the words right before it, in its line or at the end of the one above."""
    before = text[max(0, at - _BEFORE) : at].rstrip()
    before = before[before.rfind("\n") + 1 :]
    if not may_matter(before):
        return ""
    phrase, strong, _ = phrase_before(before, first=True, box=False)
    return phrase if strong else trailing_name(phrase) or phrase


def _values(text: str) -> Iterator[tuple[str, object]]:
    """Every outermost value in brackets under its name; None where its middle was left out."""
    at = 0
    while (opening := _OPENS.search(text, at)) is not None:
        try:
            value, at = value_at(text, opening.start())
        except ShortenedError:
            name = _name_before(text, opening.start())
            if _is_wanted(name):
                yield name, None
            at = opening.end()
        except ValueError:
            at = opening.end()
        else:
            if isinstance(value, Mapping) or (isinstance(value, list) and len(value) >= _FEWEST):
                yield _name_before(text, opening.start()), value


def _numbers(value: object, name: str) -> Iterator[tuple[str, list[float]]]:
    """The lists of numbers in a value, under their keys; rows of one number each are one list."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(item, key if not name or not role_of(name)[1].direction else f"{name}/{key}")
    elif isinstance(value, list) and name and value:
        cells = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in value]
        numbers = [float(cell) for cell in cells if isinstance(cell, float)]
        if len(numbers) == len(cells):
            yield name, numbers


def _continued(known: list[float], more: list[float]) -> list[float]:
    """A list printed again after it grew is the same list; another of its name goes on from it."""
    grown = len(more) >= len(known) and repr(more[: len(known)]) == repr(known)
    return more if grown else known + more


def _is_wanted(name: str) -> bool:
    role = role_of(name)[1]
    return bool(role.direction) or role.kind in (Kind.LEARNING_RATE, Kind.GRADIENT_NORM) or is_position_name(name)


def _is_curve(name: str, numbers: list[float]) -> bool:
    """Settings are lists of a few whole numbers, too: milestones, sizes."""
    return len(numbers) >= _FEWEST and bool(role_of(name)[1].direction) and any(one % 1 != 0 for one in numbers)
