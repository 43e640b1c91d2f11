"""Lines that fit a screen, in languages with and without spaces between words.

A Japanese letter takes two cells and a line may break after almost any of them, but no line begins with 「、」 or ends with
「(」 (kinsoku). No character is ever lost: what does not fit is folded.
"""

import re
import unicodedata

_NOT_FIRST = frozenset("、。，．・：；！？」』】〕）〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…‥〜%％°℃,.:;!?)]}’”")
_NOT_LAST = frozenset("〜「『【〔（〈《([{‘“")

_ATOM = re.compile(r"\s+|[^\s\u1100-\uffdc\U0001f000-\U0003ffff]+|.", re.DOTALL)
"""White space, a run of letters that belong together, or one letter of a script without spaces."""


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fold(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, at least one line."""
    width = max(width, 2)
    lines, line, gap = [], "", ""
    for atom in _atoms(text):
        if atom.isspace():
            gap = " " if line else ""
            continue
        if cells(line) + len(gap) + cells(atom) <= width:
            line += gap + atom
        else:
            if line:
                lines.append(line)
            *whole, line = _cut(atom, width)
            lines += whole
        gap = ""
    return [*lines, line] if line or not lines else lines


def _atoms(text: str) -> list[str]:
    """The pieces between which a line may break."""
    atoms: list[str] = []
    for atom in _ATOM.findall(text):
        glued = atoms and not atoms[-1].isspace() and (atom[0] in _NOT_FIRST or atoms[-1][-1] in _NOT_LAST)
        if glued and not atom.isspace():
            atoms[-1] += atom
        else:
            atoms.append(atom)
    return atoms


def _cut(atom: str, width: int) -> list[str]:
    """An atom in pieces that fit."""
    pieces, piece, room = [], "", width
    for character in atom:
        if (cell := _cell(character)) > room:
            pieces.append(piece)
            piece, room = "", width
        piece += character
        room -= cell
    return [*pieces, piece]


def pad(text: str, width: int) -> str:
    """The text, filled with spaces to `width` cells."""
    return text + " " * (width - cells(text))
