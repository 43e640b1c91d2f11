"""`python -m losscompass.launch train.py …`: the script, watched, with nobody waiting for it: for `torchrun -m`.

Each process becomes the script's own Python and writes one journal, `journal.rank<r>.lcj` where the launcher told its rank
(RANK). Nothing is printed; `losscompass read .losscompass/` gives the verdict.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import folder, interpreter
from .target import Target, TargetError, module, script


def main(arguments: Sequence[str]) -> int:
    """Become the script's Python; where that is not possible, wait for it. 2 where there is nothing to run."""
    try:
        target = _target(arguments)
    except TargetError as error:
        return _complain(error.key, file=error.file)
    if target is None:
        return _complain("run.nothing")
    rank, working = os.environ.get("RANK"), Path.cwd()
    if rank is None:
        place, _ = folder.make(target.name, working)
    else:
        place, _ = folder.make_shared(target.name, rank, working)
    environment = interpreter.environment(place / folder.journal(rank), target.name)
    command = [sys.executable, *interpreter.options(), *target.words]
    if not hasattr(os, "fork"):  # Windows: to become another program is to leave one's parent waiting for nothing
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - what the user asked for
    for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores these, and what is ignored stays so
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    return os.execve(sys.executable, command, environment)  # noqa: S606 - what the user asked for


def _target(arguments: Sequence[str]) -> Target | None:
    match list(arguments):
        case ["-m", name, *rest]:
            return module(name, rest)
        case [path, *rest] if path == "-" or not path.startswith("-"):
            return script(path, rest)
    return None


def _complain(key: str, **values: str) -> int:
    from ..report.plain import plain
    from ..text.catalogue import catalogue
    from ..text.language import choose

    words = catalogue(choose(None))
    sentence = words.ui(f"error.{key}", **{name: plain(value) for name, value in values.items()})
    print(words.ui("error.prefix", sentence=sentence), file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
