"""The journal of a watched run, as the script's own process writes it."""

from collections.abc import Mapping
from typing import Protocol

from ..evidence.recorder import Recorder as JournalRecorder

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
    return JournalRecorder(path)
