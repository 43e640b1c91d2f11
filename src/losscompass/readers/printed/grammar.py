"""The shape of a printed line: what each of its numbers is. Lines that differ only in their numbers share one shape.

A line is split at its numbers; the words between them are read once and say, for every number, whether it is a
counter (epoch, step, the total of either), the value of a series and of which, or nothing. No framework is known here,
only how people print: `name: 0.5`, `name=0.5`, `name 0.5`, `0.5 name,`, `0.5 (0.6)`, `[3][100/250]`, `98/100 (98%)`.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from .prefix import message_start
from .reading import Reading
from .shape import MOST_NUMBERS, Shape

_BAR_END = re.compile(r"(?:it/s|s/it|[a-z]+/s|s/[a-z]+|\?)(?:,[^\]]*)?\](?=\s*\S)")
_COUNTER_WORD = re.compile(r"[\s\[(#*|-]*(epoch|iter(?:ation)?|step|エポック)[\s:#\[(=]*$", re.IGNORECASE)
_OPENING = re.compile(r"(?<![A-Za-z_])(epoch|iter(?:ation)?|step|エポック)[\s:#\[(=]*$", re.IGNORECASE)


def shape_of(parts: Sequence[str]) -> Shape:
    """Read `parts`, a line split at `NUMBER`: text, number, text, …, text."""
    parts = parts[: 2 * MOST_NUMBERS + 1]
    line = "".join(parts)
    start = message_start(line)
    texts, first = _without_prefix(parts, start)
    cuts = _records_of(texts)
    shapes = []
    for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
        until = len(texts) if end is None else end[0] + 1
        part = list(texts[begin[0] : until])
        if end is not None:
            part[-1] = part[-1][: end[1]]
        part[0] = part[0][begin[1] :] if begin[0] or begin[1] else part[0]
        numbers = parts[1::2][first + begin[0] : first + begin[0] + len(part) - 1]
        shapes.append(Reading(part, numbers, first + begin[0]).shape())
    for shape, following in pairwise(shapes):
        shape.rest = following
    return shapes[0]


def _without_prefix(parts: Sequence[str], start: int) -> tuple[list[str], int]:
    """The texts of the message, and how many numbers stood before it."""
    texts = list(parts[0::2])
    if not start:
        return texts, 0
    at = 0
    for index, part in enumerate(parts):
        if at + len(part) > start or index == len(parts) - 1:
            if index % 2 == 0:
                return [part[max(0, start - at) :], *parts[index + 2 :: 2]], index // 2
            return ["", *parts[index + 1 :: 2]], index // 2
        at += len(part)
    return [""], len(texts) - 1


def _records_of(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Where the records of a line begin, as (text, character): one, unless a counter word comes again after values or
    a finished bar is followed by something else.
    """
    cuts = [(0, 0)]
    opening = _COUNTER_WORD.match(texts[0])
    for index, text in enumerate(texts[:-1]):
        if opening is None or index < cuts[-1][0] + 2:
            continue
        # The word that opened the line opens a record again; inside a name (`global_step`) it does not.
        again = _OPENING.search(text)
        if again is not None and again[1] == opening[1]:
            cuts.append((index, len(text[: again.start(1)].rstrip(" [(#*-|"))))
    for index, text in enumerate(texts):
        if index and (found_end := _BAR_END.search(text)) is not None and (index, 0) > cuts[-1]:
            cuts.append((index, found_end.end()))
    return sorted(cuts)
