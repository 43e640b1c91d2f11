"""The programs, run plain and watched, with one thread and with two, and what they left."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from losscompass.evidence.journal import read
from losscompass.evidence.records import Event, Fact, Scalar, TensorStat

HERE = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py") if path.stem != "outcome")
THREADS = (1, 2)
_ADDRESS = re.compile(rb"0x[0-9a-f]{6,}|store-\w+|\[rank0\].*\n")


@dataclass(frozen=True)
class Ended:
    """Addresses of objects are left out of the output."""

    code: int
    out: bytes
    err: bytes
    files: dict


@dataclass
class Seen:
    """What the journal of a watched program tells."""

    scalars: dict = field(default_factory=dict)  # name to values
    events: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    tensors: list = field(default_factory=list)

    def named(self, name):
        return [event for event in self.events if event.name == name]


class Stage:
    """A process that runs programs (`stage.py`)."""

    def __init__(self, folder, environ):
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "stage.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )

    def run(self, program):
        """{(watched, threads): Ended}, all four at the same time."""
        ways = [(watched, threads) for watched in (False, True) for threads in THREADS]
        places = {}
        for watched, threads in ways:
            place = self.folder / program / f"{'watched' if watched else 'plain'}-{threads}"
            place.mkdir(parents=True)
            places[str(place)] = watched, threads
            self._say(str(HERE / "programs" / f"{program}.py"), str(place), watched, threads)
        self._say("", "", False, 0)
        codes = dict(json.loads(self._process.stdout.readline()) for _ in ways)
        return {way: ended(Path(place), codes[place]) for place, way in places.items()}

    def _say(self, *words):
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def seen(self, program, threads=1):
        return seen(self.folder / program / f"watched-{threads}.lcj")

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def ended(place, code):
    out, err = (
        _ADDRESS.sub(b"", place.with_name(f"{place.name}.{name}").read_bytes()) for name in ("stdout", "stderr")
    )
    return Ended(
        code, out, err, {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    )


def seen(journal):
    found = Seen()
    for record in read(journal):
        if isinstance(record, Scalar):
            found.scalars.setdefault(record.name, []).append(record.value)
        elif isinstance(record, Event):
            found.events.append(record)
        elif isinstance(record, Fact):
            found.facts[record.name] = record.value
        elif isinstance(record, TensorStat):
            found.tensors.append(record)
    return found


def watched_run(folder, program, *, watched, threads=1):
    """In a process of its own, as `python program.py` or as `losscompass run program.py`; what losscompass says is left out."""
    place = folder / ("watched" if watched else "plain")
    place.mkdir()
    ours = ["-m", "losscompass", "run", "--no-report"] if watched else []
    file = program if str(program).endswith(".py") else str(HERE / "programs" / f"{program}.py")
    done = subprocess.run(
        [sys.executable, *ours, str(file)],
        cwd=place,
        env={**os.environ, "OMP_NUM_THREADS": str(threads), "LANG": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    lines = done.stderr.splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if line.startswith(b"losscompass: ")), len(lines))
    files = {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and ".losscompass" not in path.parts
    }
    return Ended(done.returncode, done.stdout, b"".join(lines[:at]), files)
