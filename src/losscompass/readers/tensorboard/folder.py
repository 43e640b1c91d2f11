"""Which files and subfolders make up one log.

Every folder with event files of its own is one log, but for three customs in which one training writes several folders:
Keras and the Estimator put each phase into a subfolder (`train`, `validation`, `eval`); `add_scalars` makes a subfolder
for each of the curves drawn together, named after tag and curve; `add_hparams` makes one, named by the time, that holds
settings.
"""

import re
from pathlib import Path

from ..base import Head
from ..protobuf import MalformedError
from .event import Event, parse
from .frames import FOOTER, HEADER, find_header, header_holds

_HEAD = 1 << 16
_PHASES = {"train", "training", "val", "valid", "validation", "eval", "evaluation", "dev", "test"}
_MOMENT = re.compile(r"\d{9,10}(\.\d+)?")  # seconds since 1970


def is_event_file(head: Head) -> bool:
    """Whether a file begins with an event record, or, if its beginning is damaged, has one soon after."""
    if header_holds(head.data):
        return _first_event(head.data, 0) is not None
    if head.text is not None or not head.data:
        return False
    start = find_header(head.data, head.size)
    return start is not None and _first_event(head.data, start) is not None


def _first_event(data: bytes, start: int) -> Event | None:
    length = int.from_bytes(data[start : start + 8], "little")
    payload = data[start + HEADER : start + HEADER + length]
    try:
        return parse(payload) if len(payload) == length else parse(payload[:9])
    except MalformedError:
        return None


def event_files(folder: Path) -> list[Path]:
    """The event files that lie directly in a folder."""
    return [path for path in _entries(folder) if path.is_file() and _looks_right(path)]


def claims(folder: Path) -> tuple[Path, ...]:
    """The event files of a folder, and those of its subfolders that hold a part of the same log."""
    own = event_files(folder)
    return (*own, *(path for path, _ in parts_below(folder, has_own=bool(own))))


def parts_below(folder: Path, *, has_own: bool) -> list[tuple[Path, str]]:
    """The subfolders that belong to the folder's own log, each with a pattern for its series' names."""
    found: list[tuple[Path, str]] = []
    phases: list[tuple[Path, str]] = []
    for path in _entries(folder):
        is_phase = path.name.lower() in _PHASES
        if not (is_phase or has_own) or path.is_symlink() or not path.is_dir():
            continue
        files = event_files(path)
        if not files:
            continue
        if is_phase:
            phases.append((path, f"{path.name}/{{}}"))
        elif _MOMENT.fullmatch(path.name):
            found.append((path, "{}"))
        elif (curve := _added_scalars(path.name, files[0])) is not None:
            found.append((path, curve))
    # One folder called "train" may just be a folder of runs; with a second phase or a log beside it, it is a phase.
    return found + (phases if has_own or len(phases) > 1 else [])


def _added_scalars(name: str, file: Path) -> str | None:
    """The pattern for the names of a subfolder that `add_scalars` made: its only tag begins the subfolder's name."""
    data = _beginning(file, _HEAD)
    start = 0
    while header_holds(data[start : start + HEADER]):
        length = int.from_bytes(data[start : start + 8], "little")
        event = _first_event(data, start)
        if event is None:
            return None
        for number in event.numbers:
            prefix = number.tag.replace("/", "_") + "_"
            return "{}_" + name[len(prefix) :] if name.startswith(prefix) else None
        start += HEADER + length + FOOTER
    return None


def _looks_right(path: Path) -> bool:
    """By content; a name only tells where a damaged beginning is worth a longer look."""
    if not header_holds(_beginning(path, HEADER)) and "tfevents" not in path.name:
        return False
    data = _beginning(path, _HEAD)
    return is_event_file(Head(path, path.stat().st_size, data, None))


def _beginning(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
