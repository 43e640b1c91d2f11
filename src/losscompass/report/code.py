"""The user's own lines that a finding speaks of, and what they should be: for every report that is text."""

from ..diagnose.diagnosis import Found
from .plain import plain

Line = tuple[str, str]
"""What stands before a line of code ("-" as it is, "+" as it should be, "" as it is and may stay), and the line."""

MOST = 12
"""Lines of one side that are shown."""


def where(found: Found) -> str:
    """File and line, as "train.py:26"; "" where a finding has no line."""
    return "" if found.location is None else f"{plain(found.location[0])}:{found.location[1]}"


def changed_elsewhere(found: Found) -> str:
    """Where the lines to be changed are, if not at the place of the finding; else ""."""
    if found.change is None or found.location is None:
        return ""
    place = found.change.place
    return "" if (place.file, place.line) == found.location else f"{plain(place.file)}:{place.line}"


def lines(found: Found) -> list[Line]:
    """The lines to show: the change as a difference, else the line of the finding alone."""
    if found.change is None:
        return [("", one) for one in _shown(found.code)] if found.location is not None else []
    before, after = _shown(found.change.before), _shown(found.change.after)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    same: list[Line] = [("", one) for one in before[:start]]
    gone: list[Line] = [("-", one) for one in before[start : len(before) - end]]
    new: list[Line] = [("+", one) for one in after[start : len(after) - end]]
    return [*same, *gone, *new, *(("", one) for one in before[len(before) - end :])]


def _shown(code: str) -> list[str]:
    found = [plain(one.rstrip()) for one in code.expandtabs(4).splitlines()]
    return found if len(found) <= MOST else [*found[: MOST - 1], "…"]
