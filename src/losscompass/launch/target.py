"""What is to be run: a script, a folder or an archive with a `__main__.py`, a module, or standard input."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import MAGIC_NUMBER
from pathlib import Path


class TargetError(ValueError):
    """Python could not run this. `key` is an id of the text catalogue (`error.<key>`), `file` what it speaks of."""

    def __init__(self, key: str, file: str) -> None:
        super().__init__(f"{key}: {file}")
        self.key = key
        self.file = file


@dataclass(frozen=True, slots=True)
class Target:
    """The words for Python after its own options, and a short name for people."""

    words: tuple[str, ...]
    name: str


def module(name: str, arguments: Sequence[str]) -> Target:
    """`-m package.module`. Whether it is there, only the import system of the script's own Python can say."""
    return Target(("-m", name, *arguments), name)


def script(path: str, arguments: Sequence[str]) -> Target:
    """`train.py`. Raises `TargetError` for what is not there, or cannot be Python."""
    if path == "-":
        return Target((path, *arguments), "stdin")
    file = Path(path)
    if not file.exists():
        raise TargetError("run.missing", path)
    if file.is_dir():
        if not any((file / f"__main__{suffix}").is_file() for suffix in (".py", ".pyc")):
            raise TargetError("run.folder", path)
    elif file.is_file():
        _refuse_other_languages(file, path)
    return Target((path, *arguments), file.resolve().name)


def _refuse_other_languages(file: Path, path: str) -> None:
    try:
        with file.open("rb") as opened:
            head = opened.read(4096)
    except OSError as error:
        raise TargetError("run.closed", path) from error
    if file.suffix == ".ipynb":
        raise TargetError("run.notebook", path)
    first = head.partition(b"\n")[0]
    other_shell = first.startswith(b"#!") and b"python" not in first and b"pypy" not in first and b"uv" not in first
    packed = head.startswith(MAGIC_NUMBER) or zipfile.is_zipfile(file)
    if not packed and (b"\0" in head or other_shell):
        raise TargetError("run.not-python", path)
