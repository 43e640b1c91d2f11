"""Where the journal of a run lies: `.losscompass/<time>-<script>-<letters>/` in the working folder."""

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

NAME = ".losscompass"
JOURNAL = "journal.lcj"
MOST_RUNS = 1000
"""Runs whose launchers all had the same number, before a folder of its own is taken instead."""


def make(script: str, working: Path) -> tuple[Path, bool]:
    """A new folder for one run, and whether it is where it should be: else it lies among the temporary files.

    Raises `OSError` only where there is no room for it at all.
    """
    name = _name(script, os.urandom(3).hex())
    try:
        (_home(working) / name).mkdir()
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"losscompass-{name}-")), False
    return working / NAME / name, True


def make_shared(script: str, rank: str, working: Path, environ: Mapping[str, str] = os.environ) -> tuple[Path, bool]:
    """The folder that the ranks of one run share, as `make`: whoever comes first names it. The rank's journal is begun in it.

    The ranks are told to belong together by what their launcher says of itself, and by being its children. What an earlier
    run has left, whose launcher had the same number, is told by the journal that this rank has in it already.
    """
    said = [environ.get(key, "") for key in ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT")]
    said += [environ.get("TORCHELASTIC_RESTART_COUNT", ""), str(os.getppid()), str(working), script]
    try:
        home = _home(working)
        for attempt in range(MOST_RUNS):
            key = sha256("\0".join((*said, str(attempt))).encode("utf-8", "replace")).hexdigest()[:6]
            place = home / _agreed(Path(tempfile.gettempdir()) / f"losscompass-ranks-{key}", _name(script, key))
            place.mkdir(exist_ok=True)
            with contextlib.suppress(FileExistsError):
                (place / journal(rank)).touch(exist_ok=False)
                return place, True
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="losscompass-")), False


def journal(rank: str | None) -> str:
    """The name of the file."""
    return JOURNAL if rank is None else f"journal.rank{rank}.lcj"


def remove_if_empty(folder: Path) -> None:
    """Take the folder of a run away in which nothing was recorded, and its home if it was the first."""
    with contextlib.suppress(OSError):
        folder.rmdir()
    home = folder.parent
    if home.name == NAME:
        with contextlib.suppress(OSError):
            if {one.name for one in home.iterdir()} <= {".gitignore"}:
                (home / ".gitignore").unlink(missing_ok=True)
                home.rmdir()


def _home(working: Path) -> Path:
    home = working / NAME
    home.mkdir(exist_ok=True)
    ignored = home / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="ascii")
    return home


def _name(script: str, letters: str) -> str:
    stem = re.sub(r"[^\w.-]+", "_", script.removesuffix(".py")).strip("._")[:40] or "script"
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{stem}-{letters}"


def _agreed(note: Path, wish: str) -> str:
    """The name that the first of several processes wished for. A link is made whole or not at all."""
    try:
        note.symlink_to(wish)
    except FileExistsError:
        return Path(os.readlink(note)).name  # noqa: PTH115 - the text of the link is wanted
    return wish
