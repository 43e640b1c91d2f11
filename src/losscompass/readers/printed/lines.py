"""What a terminal was sent, as lines of text: redrawn lines taken apart, colours taken out.

A carriage return or a run of backspaces begins a line anew (progress bars); so does a cursor movement. Every state of
such a line is a line here; which of them count is decided by `bars`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from ..encoding import text_chunks

LONGEST = 1 << 14  # characters of one line that are read together; a longer one is cut

_MOVE = re.compile(r"\x08+|\x1b\[\d*(?:;\d*)?[ABEFGHJKfsu]")
_COLOUR = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])|[\x00\x07\ufeff]")
_WIDE = str.maketrans("０１２３４５６７８９．：＝％（）／　\u00a0\u2009", "0123456789.:=%()/   ")
_HAS_WIDE = re.compile("[０-９．：＝％（）／　\u00a0\u2009]")


def lines_of(path: Path) -> Iterator[tuple[str, int]]:
    """Every line, and every state of a redrawn line, that is not blank, with the number of its line in the file."""
    rest, number = "", 1
    for chunk in text_chunks(path):
        body = rest + chunk
        cut = max(body.rfind("\n"), body.rfind("\r")) + 1
        if not cut and len(body) < LONGEST:
            rest = body
            continue
        cut = cut or len(body)
        rest = body[cut:]
        ended = body[cut - 1] == "\n"
        physical = body[: cut - 1 if ended else cut].split("\n")
        for at, line in enumerate(physical):
            yield from states_of(line, number + at)
        number += len(physical) - (not ended)
    yield from states_of(rest, number)


def states_of(line: str, number: int) -> Iterator[tuple[str, int]]:
    """The states of one line of the file: what stood there before each carriage return."""
    if not line or line.isspace():
        return
    if line.isascii() and line.isprintable() and len(line) <= LONGEST:
        yield line, number
        return
    if "\x1b" in line or "\x08" in line or "\x00" in line:  # a zero byte parts numbers from text in `log`
        line = _MOVE.sub("\r", line)
        line = _COLOUR.sub("", line)
    if not line.isascii() and _HAS_WIDE.search(line):
        line = line.translate(_WIDE)
    for state in line.split("\r"):
        if not state or state.isspace():
            continue
        for start in range(0, len(state), LONGEST):
            yield state[start : start + LONGEST], number
