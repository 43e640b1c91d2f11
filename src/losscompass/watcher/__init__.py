"""From a live training loop to records: what the loop does, seen without touching it.

session = install(recorder)  # torch is imported by now
...                          # the user's training
session.finish()
"""

from importlib import import_module
from typing import Any

__all__ = ["install"]


def install(recorder: Any, folder: str | None = None) -> Any:
    """Watch torch from now on, into a recorder (`evidence.recorder.Recorder`); the session, whose `finish` ends it.

    `folder`: files below it are named from there; the working folder if it is not given.

    Raises nothing that torch does not raise when it is imported.
    """
    from .session import Session

    # by name: nobody but who trains has torch, and only here is it loaded, if it is not there yet
    session = Session(recorder, import_module("torch"), folder)
    session.start()
    return session
