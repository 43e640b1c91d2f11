"""One script, run by plain Python and by `losscompass run`, in the same folder one after the other."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = str(Path(__file__).parents[2] / "src")
ENVIRON = {
    key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV"}
}
ENVIRON |= {"LANG": "en_US.UTF-8", "PYTHONPATH": SOURCE, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}

FAKE_TORCH = "import sys\n__version__ = '0'\nprint('torch is imported')\n"
"""A module by the name of torch, for tests of what happens around its import."""


ADDRESS = re.compile(rb"0x[0-9a-f]{6,}")


@dataclass(frozen=True)
class Ended:
    """Addresses of objects are left out of the output.

    What losscompass says begins where a line begins with its name, or with the empty line before the verdict.
    """

    code: int
    out: bytes
    err: bytes  # without what losscompass said
    said: str  # by losscompass
    files: dict  # name → bytes, but for .losscompass and byte code


def write(folder, files):
    """A fresh folder with these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            (folder / name).write_bytes(text)
        else:
            (folder / name).write_text(text, "utf-8")


def start(folder, words, *, flags=(), options=(), watched=True, verb=("run",), environ=None, **popen):
    """The process. `words`: what comes after `python` or after `losscompass run`."""
    ours = ["-m", "losscompass", *verb, *options] if watched else []
    return subprocess.Popen(
        [sys.executable, *flags, *ours, *words], cwd=folder, env={**ENVIRON, **(environ or {})}, **popen
    )


def run(folder, words, *, stdin=b"", **how):
    """Run it to its end."""
    process = start(folder, words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
    out, err = process.communicate(stdin, timeout=60)
    return ended(process, out, err, folder)


def ended(process, out, err, folder):
    own, said = parted(err)
    return Ended(process.returncode, ADDRESS.sub(b"0x", out), ADDRESS.sub(b"0x", own), said, files_of(folder))


def parted(err):
    """Standard error: what the script wrote, and what losscompass wrote after it."""
    lines = err.splitlines(keepends=True)
    verdict = (b".losscompass", b"{")  # as it begins, after an empty line
    ours = (
        n
        for n, line in enumerate(lines)
        if line.startswith((b"losscompass", b"Written: "))
        or (line == b"\n" and b"".join(lines[n + 1 :]).startswith(verdict))
    )
    at = next(ours, len(lines))
    return b"".join(lines[:at]), b"".join(lines[at:]).decode()


def both(folder, files, words, **how):
    """(plain, watched)."""
    write(folder, files)
    plain = run(folder, words, watched=False, **how)
    write(folder, files)
    return plain, run(folder, words, **how)


def files_of(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not {".losscompass", "__pycache__"} & set(name.parts):
            found[str(name)] = path.read_bytes()
    return found
