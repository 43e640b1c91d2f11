"""JSON as programs really write it: NaN and Infinity, several documents in one file, a document cut off, Python's repr."""

import json
import re
from dataclasses import dataclass

from ..evidence.records import Skipped

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
_BARE = re.compile(r"(?<![\w.\"'])(?:[-+]?)(nan|NAN|inf|Inf|INF|infinity|None|True|False)(?![\w.\"'])")
_BARE_AS = {"nan": "NaN", "inf": "Infinity", "infinity": "Infinity", "none": "null", "true": "true", "false": "false"}
_CLOSERS = {"{": "}", "[": "]"}
_MAX_DOCUMENTS = 100_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of a text, and what of it could not be used."""

    documents: list[object]
    skipped: tuple[Skipped, ...] = ()


def parse_documents(text: str) -> Parsed:
    """Every JSON document in `text`; of a damaged one the part before the damage.

    Nothing is raised: a text without a document gives none.
    """
    text = text.lstrip("\ufeff")
    documents: list[object] = []
    at = _next(text, 0)
    decoder = json.JSONDecoder()
    while at < len(text) and len(documents) < _MAX_DOCUMENTS:
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        documents.append(document)
        at = _next(text, at)
    if at >= len(text):
        return Parsed(documents)
    rest = text[at:]
    if (plain := _as_json(rest)) != rest:
        again = parse_documents(plain) if _as_json(plain) == plain else Parsed([])
        if again.documents:
            return Parsed(documents + again.documents, again.skipped)
    if rest[:1] in ("{", "["):
        recovered, end = _recover(rest)
        if recovered is not None:
            where = f"line {text.count(chr(10), 0, at + end) + 1}"
            reason = "cut-off-document" if end >= len(rest) - 4096 else "damaged-document"
            return Parsed([*documents, recovered], (Skipped(reason, 1, where),))
    where = f"line {text.count(chr(10), 0, at) + 1}"
    return Parsed(documents, (Skipped("damaged-document", 1, where),))


def parse_line(line: str) -> object:
    """One line as JSON. Raises `ValueError` if it is none."""
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        plain = _as_json(line)
        if plain == line:
            raise
        try:
            return json.loads(plain)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _next(text: str, at: int) -> int:
    """Past the blanks and commas between two documents."""
    while at < len(text) and (text[at].isspace() or text[at] in ",\x1e\0"):
        at += 1
    return at


def _as_json(text: str) -> str:
    """What Python's `repr` or a careless printf wrote, as JSON: single quotes, None, nan, inf."""
    if '"' not in text and "'" in text:
        text = text.replace("'", '"')
    parts = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(part if index % 2 else _BARE.sub(_spelled, part) for index, part in enumerate(parts))


def _spelled(match: re.Match[str]) -> str:
    sign = "-" if match[0].startswith("-") else ""
    word = _BARE_AS[match[1].casefold()]
    return sign + word if word == "Infinity" else word


def _recover(text: str) -> tuple[object, int]:
    """The part of a broken document before the damage, with the open brackets closed; and where it ends."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        stop = error.pos
    except (ValueError, RecursionError):
        return None, 0
    else:
        return None, 0
    stack: list[str] = []
    cut, open_at_cut = 0, ""
    for token in _TOKEN.finditer(text):
        if token.start() > stop:
            break
        mark = token[0]
        if mark in _CLOSERS:
            stack.append(_CLOSERS[mark])
            if len(stack) > 200:
                break
        elif mark in "}]":
            if not stack or stack.pop() != mark:
                break
            cut, open_at_cut = token.end(), "".join(reversed(stack))
        elif mark == ",":
            cut, open_at_cut = token.start(), "".join(reversed(stack))
    for end, closers in ((cut, open_at_cut),):
        try:
            return json.loads(text[:end] + closers), stop
        except (ValueError, RecursionError):
            continue
    return None, 0
