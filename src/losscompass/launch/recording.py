"""The journal of a watched run, as the script's own process writes it."""

from collections.abc import Mapping
from typing import Protocol

Where = tuple[str, int, str, str]
"""A place in the user's code: file, line, the line itself, function."""


class Recorder(Protocol):
    """What the watcher writes with. Nothing of it raises; `stopped` says why nothing is recorded any more."""

    @property
    def stopped(self) -> str | None:
        """Why nothing is recorded any more; nothing while it is."""

    def event(
        self, name: str, step: float | None, data: Mapping[str, object], places: Mapping[str, Where] | None = None
    ) -> None:
        """Something that happened."""

    def fact(self, name: str, value: str | float | bool) -> None:
        """Something that holds for the whole run."""

    def close(self) -> None:
        """End the recording."""


def open_recorder(path: str) -> Recorder:
    """The recorder that appends to the journal at `path`, making it if it is not there. The only place that makes one."""
    return _JournalRecorder(path)


class _JournalRecorder:
    """A recorder on the plain `Journal`."""

    def __init__(self, path: str) -> None:
        from ..evidence.journal import Journal

        self._journal = Journal(path)

    @property
    def stopped(self) -> str | None:
        return self._journal.stopped

    def event(
        self, name: str, step: float | None, data: Mapping[str, object], places: Mapping[str, Where] | None = None
    ) -> None:
        from ..evidence.records import Event, Place

        where = {key: Place(*one) for key, one in (places or {}).items()}
        self._journal.append([Event(name, step, data, where)])  # type: ignore[arg-type]

    def fact(self, name: str, value: str | float | bool) -> None:
        from ..evidence.records import Fact

        self._journal.append([Fact(name, value)])

    def close(self) -> None:
        self._journal.close()
