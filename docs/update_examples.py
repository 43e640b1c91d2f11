"""Put what the commands really print into the documents: `python docs/update_examples.py`. A test compares.

A block follows a comment that names its command:

    <!-- output of: losscompass read digits_mlp.csv -->
    ```text
    …
    ```
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {"README.md": "en_US.UTF-8", "README.ja.md": "ja_JP.UTF-8"}
EXAMPLES = ROOT / "examples"
LOG = ROOT / "src" / "losscompass" / "cli" / "demo_log.csv"
BLOCK = re.compile(r"(<!-- output of: (losscompass [^>]*?) -->\n```text\n)(.*?)(```\n)", re.DOTALL)


EXCERPT = re.compile(r"<!-- from the output of: (losscompass [^>]*?) -->\n```text\n(.*?)```\n", re.DOTALL)
"""Of a command whose figures differ from machine to machine in the last digits: the lines that matter, in their order."""

FIGURE = re.compile(r"\d+(?:\.\d+)?")


def unprinted(name: str) -> list[str]:
    """The lines of the document's excerpts that their commands do not print, in a folder that holds the examples."""
    missing: list[str] = []
    for command, shown in EXCERPT.findall(_text(name)):
        with tempfile.TemporaryDirectory() as folder:
            for script in EXAMPLES.glob("*.py"):
                shutil.copy(script, folder)
            printed = iter([FIGURE.sub("#", line) for line in _run(command, Path(folder), name).splitlines()])
        missing += [one for one in shown.splitlines() if one.strip("… ") and FIGURE.sub("#", one) not in printed]
    return missing


def updated(name: str) -> str:
    """The document with every block as its command prints it now, in a folder that holds the log as digits_mlp.csv."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(LOG, Path(folder) / "digits_mlp.csv")
        return BLOCK.sub(lambda block: block[1] + _output(block[2], Path(folder), name) + block[4], _text(name))


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _output(command: str, folder: Path, name: str) -> str:
    done = _done(command, folder, name)
    if done.stderr:
        raise RuntimeError(done.stderr)
    return done.stdout


def _run(command: str, folder: Path, name: str) -> str:
    done = _done(command, folder, name)
    return done.stdout + done.stderr


def _done(command: str, folder: Path, name: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "TMPDIR", "SYSTEMROOT"}}
    return subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=folder,
        env={**kept, "LANG": DOCUMENTS[name], "COLUMNS": "80", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


if __name__ == "__main__":
    for document in DOCUMENTS:
        (ROOT / document).write_text(updated(document), "utf-8")
