"""The command as users start it: another process, its output and its exit code."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BARE = {
    key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV"}
}
ENGLISH = {**BARE, "LANG": "en_US.UTF-8", "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}
JAPANESE = {**ENGLISH, "LANG": "ja_JP.UTF-8"}


@dataclass
class Ended:
    code: int
    out: str
    err: str


def losscompass(*arguments, cwd=None, env=None, stdin=None, encoding="utf-8"):
    """Run `python -m losscompass` to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "losscompass", *map(str, arguments)],
        cwd=cwd,
        env={**ENGLISH, **(env or {})},
        input=stdin,
        capture_output=True,
        encoding=encoding,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


def write_log(folder, name="log.csv", *, sick=True, epochs=60):
    """A small CSV log: overfitted, or healthy."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ["epoch,loss,val_loss"]
    for epoch in range(epochs):
        wiggle = 0.004 * ((epoch * 7919) % 13 - 6) / 6
        train = 2.0 * 0.88**epoch + 0.05
        val = 2.0 * 0.85**epoch + 0.4 + (0.012 * max(0, epoch - 15) if sick else 0.0) + wiggle
        rows.append(f"{epoch},{train if sick else train + 0.3:.5f},{val:.5f}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
