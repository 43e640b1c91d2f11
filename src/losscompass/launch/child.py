"""The watching side, in the script's own process: begun when torch is there, ended with the process."""

import linecache
import os
import platform
import sysconfig
from importlib import import_module
from types import TracebackType
from typing import Protocol

from .recording import Recorder, Where, open_recorder

LONGEST_MESSAGE = 500
"""Letters of an error's message that are kept."""

_NOT_THE_USERS = tuple(
    os.path.realpath(folder) + os.sep
    for folder in (
        *(sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        os.path.dirname(os.path.dirname(__file__)),  # noqa: PTH120 - losscompass itself
    )
)


class Session(Protocol):
    """What `losscompass.watcher.install` gives."""

    def finish(self, ended: str, error: BaseException | None) -> None:
        """The script has ended."""


class Watch:
    """One watched run: the recorder, and the watcher's session where there is one."""

    def __init__(self, journal: str, script: str, folder: str) -> None:
        """Begin: `folder` is where the script was started, from which places are named."""
        self.recorder = open_recorder(journal)
        self.folder = folder
        self.session: Session | None = None
        self.recorder.fact("script", script)
        self.recorder.fact("python", platform.python_version())
        self.recorder.fact("framework", "torch")
        try:
            self.session = _install(self.recorder, folder)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not reach the script
            self._off("install", error)

    def end(self, error: BaseException | None) -> None:
        """The script has ended, with the error that nobody caught or without one."""
        ended = "finished" if error is None else "interrupted" if isinstance(error, KeyboardInterrupt) else "error"
        try:
            if self.session is not None:
                self.session.finish(ended, error)
        except Exception as fault:  # noqa: BLE001 - see above
            self._off("finish", fault)
        if error is not None and self.session is None:  # else the session has told it, with the step
            place = place_of(error, self.folder)
            data = {"type": type(error).__name__, "message": _message(error)}
            self.recorder.event("failed", None, data, {} if place is None else {"at": place})
        self.recorder.fact("ended", ended)
        self.recorder.close()

    def _off(self, probe: str, fault: Exception) -> None:
        told = f"{type(fault).__name__}: {_message(fault)}"
        self.recorder.event("probe-off", None, {"probe": probe, "error": told}, {})


def place_of(error: BaseException, folder: str) -> Where | None:
    """The innermost line of the user's own code that the error came through; of a syntax error, the line itself."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return _where(error.filename, error.lineno, "", folder)
    place = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if _is_the_users(code.co_filename):
            place = _where(code.co_filename, step.tb_lineno, code.co_name, folder)
        step = step.tb_next
    return place


def _install(recorder: Recorder, folder: str) -> Session | None:
    name = f"{__package__.rpartition('.')[0]}.watcher"
    try:
        watcher = import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None  # an installation without the watcher: the run is recorded with its facts alone
        raise
    session: Session = watcher.install(recorder, folder)
    return session


def _is_the_users(file: str) -> bool:
    return not file.startswith("<") and not os.path.realpath(file).startswith(_NOT_THE_USERS)


def _where(file: str, line: int, function: str, folder: str) -> Where:
    path = os.path.join(folder, file)  # noqa: PTH118 - a name is all that is wanted
    below = os.path.relpath(path, folder)
    return file if below.startswith("..") else below, line, linecache.getline(path, line).strip(), function


def _message(error: BaseException) -> str:
    try:
        return str(error)[:LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - a message that cannot be made is none
        return ""
