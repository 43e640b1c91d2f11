"""A Hugging Face output folder: every checkpoint in it repeats the log so far, and the latest holds all of it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from ..evidence.records import Fact, Record
from .base import Head, Reader, UnreadableError
from .encoding import read_text
from .hf_state import is_trainer_state, records_of_trainer_state
from .json_text import parse_documents

_STATE = "trainer_state.json"
_MAX_STATES = 1_000
_MAX_BYTES = 256 << 20


def _sniff(_: Head) -> bool:
    return False  # a state by itself is a JSON document


def claims(folder: Path) -> tuple[Path, ...]:
    """The states in the checkpoints of `folder` (and beside them) that tell of one run; none if there are fewer than two."""
    return tuple(path for path, _ in _states(folder))


def read(folder: Path) -> Iterator[Record]:
    """Yield the records of the state that has gone furthest."""
    states = _states(folder)
    if not states:
        raise UnreadableError("no-curve")
    path, state = states[-1]
    yield Fact("format", "json")
    yield Fact("file", path.relative_to(folder).as_posix())
    yield from records_of_trainer_state(state)


def _states(folder: Path) -> list[tuple[Path, Mapping[str, object]]]:
    paths = [path for path in islice(folder.glob(f"checkpoint-*/{_STATE}"), _MAX_STATES) if path.is_file()]
    if not paths:
        return []
    paths += [path for path in (folder / _STATE,) if path.is_file()]
    if len(paths) < 2 or sum(path.stat().st_size for path in paths) > _MAX_BYTES:
        return []
    states: list[tuple[Path, Mapping[str, object]]] = []
    for path in paths:
        documents = parse_documents(read_text(path)).documents
        if len(documents) == 1 and isinstance(documents[0], Mapping) and is_trainer_state(documents[0]):
            states.append((path, documents[0]))
    states.sort(key=lambda one: len(_rows(one[1])))
    longest = _rows(states[-1][1]) if states else []
    kept = [one for one in states if _begins(longest, _rows(one[1]))]
    return kept if len(kept) >= 2 else []


def _rows(state: Mapping[str, object]) -> list[object]:
    rows = state["log_history"]
    assert isinstance(rows, list)
    return rows


def _begins(longest: list[object], rows: list[object]) -> bool:
    """Whether `longest` begins with `rows`, as far as a look at both ends tells."""
    return not rows or (rows[0] == longest[0] and rows[-1] == longest[len(rows) - 1])


READER = Reader("hf-folder", _sniff, read, claims)
