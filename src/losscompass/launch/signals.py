"""Signals while the script runs: what is meant for it reaches it, and the parent outlives it."""

import contextlib
import os
import signal
import subprocess
from types import FrameType
from typing import Self

_PASSED_ON = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGBREAK")
    if hasattr(signal, name)
)
_FROM_THE_KEYBOARD = frozenset(getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name))


class Relay:
    """While it is entered, signals to this process go to the script's, and end nothing here.

    A key pressed at the terminal reaches the script by itself, as it reaches every process of the foreground: then nothing
    is passed on, or the script would be interrupted twice. What this process ignores, the script ignores as well.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []  # before there was a process
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in _PASSED_ON:
            handler = signal.getsignal(number)
            if handler not in {signal.SIG_IGN, None}:
                self._before[number] = handler
                signal.signal(number, self._pass_on)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def to(self, process: subprocess.Popen[bytes]) -> None:
        """The script's process is there now; what came before, it gets at once."""
        self._process = process
        for number in self._early:
            self._send(number)

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        if number in _FROM_THE_KEYBOARD and _in_the_foreground():
            return
        if self._process is None:
            self._early.append(number)
        else:
            self._send(number)

    def _send(self, number: int) -> None:
        assert self._process is not None
        with contextlib.suppress(OSError):
            self._process.send_signal(number)


def end_by(number: int) -> None:
    """End this process by the signal that ended the script, so that whoever started it sees the same."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the script has left its own core, if any
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _in_the_foreground() -> bool:
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
