"""The process that starts the script, outlives it, and knows how it ended."""

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import interpreter
from .signals import Relay
from .target import Target

GRACE = 10.0
"""Seconds that a script has between being asked to stop (SIGINT, as Ctrl-C) and being told to (SIGTERM)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the script ended: its exit code, negative for the signal that killed it; whether it was asked to stop."""

    code: int
    asked: bool


def execute(
    target: Target,
    journal: Path,
    *,
    flags: Sequence[str] = (),
    every: float | None = None,
    look: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
) -> Ended:
    """Run the script to its end in a Python of its own, which gets this process's input and output as they are.

    `look` is called every `every` seconds while it runs; where it says so, the script is asked to stop.
    """
    environment = interpreter.environment(journal, target.name)
    command = [sys.executable, *flags, *target.words]
    with Relay() as relay:
        # What the user has opened beyond 0, 1 and 2 is the script's as well; what this process opened is closed by itself.
        process = subprocess.Popen(command, env=environment, close_fds=False)  # noqa: S603 - what the user asked for
        relay.to(process)
        return _wait(process, every, look, grace)


def _wait(process: "subprocess.Popen[bytes]", every: float | None, look: Callable[[], bool], grace: float) -> Ended:
    while True:
        try:
            return Ended(process.wait(every), asked=False)
        except subprocess.TimeoutExpired:
            if look():
                break
    process.send_signal(signal.SIGINT)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.terminate()
    return Ended(process.wait(), asked=True)
