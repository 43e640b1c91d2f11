"""From a live training loop to records: what the loop does, seen without touching it.

    session = install(recorder)  # torch is imported by now
    ...                          # the user's training
    session.finish()
"""

from typing import Any

__all__ = ["install"]


def install(recorder: Any) -> Any:
    """Watch torch from now on, into a recorder (`evidence.recorder.Recorder`); the session, whose `finish` ends it.

    Raises nothing that torch does not raise when it is imported.
    """
    import torch

    from .session import Session

    session = Session(recorder, torch)
    session.start()
    return session
