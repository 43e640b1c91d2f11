"""Where the text goes: to the screen, or to a file that is there whole or not at all."""

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

SUFFIXES = {".html": "html", ".htm": "html", ".json": "json", ".md": "markdown", ".markdown": "markdown"}
"""Which format a file's name asks for where `--format` says nothing."""

NARROWEST, WIDEST = 60, 120
"""Cells of a line: below the first nothing can be laid out, above the second nobody reads."""


def wants_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """NO_COLOR forbids, FORCE_COLOR demands, else colour is for terminals that are not dumb."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def screen(stream: TextIO) -> dict[str, int | bool]:
    """What the terminal's layout must know of it: width in cells, colour, and whether its encoding has braille letters."""
    try:
        "\u28ff✖".encode(stream.encoding or "ascii")
        braille = True
    except (UnicodeEncodeError, LookupError):
        braille = False
    columns = shutil.get_terminal_size((80, 24)).columns
    return {"width": max(NARROWEST, min(columns, WIDEST)), "colour": wants_colour(stream), "braille": braille}


def show(text: str, stream: TextIO | None = None) -> None:
    """Write to standard output, or to another stream. Characters that its encoding does not have are shown as escapes."""
    stream = sys.stdout if stream is None else stream
    with contextlib.suppress(AttributeError, ValueError):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    stream.write(text)
    stream.flush()


def write(path: Path, text: str) -> None:
    """Write a file as UTF-8: beside it first, then in its place, so that nobody ever reads half a report.

    A symbolic link stays one; an existing file keeps its permissions; what is no regular file is written to as it is.
    """
    target = Path(os.path.realpath(path))
    data = text.encode("utf-8", "backslashreplace")
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:64]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:  # Ctrl-C too: nothing half written stays behind, and the error goes on its way
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
