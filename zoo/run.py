"""Run the zoo under losscompass and keep what it said.

    python -m zoo.run [--seeds 0,1] [--split held-out] [--only WORD] [--sample N] [--workers 2] [--command TEMPLATE]

One JSON file a run in `.zoo/said/`, named by what it depends on: the program, the seed, the command, and losscompass' own sources. What is there
already is not run again, so a stopped run goes on where it was. The generated programs lie in `.zoo/programs/`.
"""

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .kill import complaint, load, verdict
from .manifest import Program, programs

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "losscompass"
CACHE = ROOT / ".zoo"
COMMAND = "{python} -m losscompass run --format json --output {out} --fail-on never {program}"
"""The one place where the command line of losscompass is written. {seconds} may be used too."""
TIMEOUT_S = 180.0
TAIL = 2000  # characters of stderr that are kept of a run that gave no diagnosis


@dataclass(frozen=True, slots=True)
class Said:
    """What losscompass said of one run. `document`: its JSON; None where there is none, and `error` says why."""

    program: str
    seed: int
    source: str  # sha256 of the program as it was run
    document: dict[str, Any] | None
    error: str
    exit_code: int
    seconds: float


@cache
def tool_hash() -> str:
    """Of losscompass as it is now: every file of its sources."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(SOURCES)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def said_path(program: Program, seed: int, command: str) -> Path:
    digest = hashlib.sha256("\0".join([program.source, str(seed), command, tool_hash()]).encode()).hexdigest()
    return CACHE / "said" / f"{program.id}--{seed}--{digest[:16]}.json"


def read_said(path: Path) -> Said:
    return Said(**json.loads(path.read_text("utf-8")))


def write_program(program: Program) -> Path:
    path = CACHE / "programs" / program.id / "train.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != program.source:
        path.write_text(program.source, "utf-8")
    return path


def run_one(program: Program, seed: int, command: str, timeout_s: float) -> Said:
    """Run it in an empty folder of its own, and keep the outcome."""
    path = write_program(program)
    began = time.monotonic()
    environment = {**os.environ, "ZOO_SEED": str(seed), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
    with tempfile.TemporaryDirectory(prefix="zoo-") as folder:
        out = Path(folder) / "diagnosis.json"
        words = [
            word.format(python=sys.executable, out=out, program=path, seconds=timeout_s)
            for word in shlex.split(command)
        ]
        try:
            done = subprocess.run(
                words, cwd=folder, env=environment, capture_output=True, timeout=timeout_s, check=False
            )
            code, error = done.returncode, done.stderr.decode("utf-8", "replace")[-TAIL:]
        except subprocess.TimeoutExpired:
            code, error = -1, f"stopped after {timeout_s:.0f} s"
        try:
            document = json.loads(out.read_text("utf-8"))
            error = ""
        except (OSError, ValueError):
            document = None
    digest = hashlib.sha256(program.source.encode()).hexdigest()
    said = Said(program.id, seed, digest, document, error, code, round(time.monotonic() - began, 2))
    if code >= 0:  # a run that was stopped may have met a busy machine: it is tried again next time
        target = said_path(program, seed, command)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(said)), "utf-8")
        draft.replace(target)
    return said


def chosen(split: str | None = None, only: str = "", sample: int | None = None) -> list[Program]:
    """The programs asked for. A sample takes, cause by cause and split by split, one program after another, and as many healthy ones; it is always
    the same. Programs whose fault the kill test found harmless come last."""
    rows = load()
    wanted = [p for p in programs() if (split is None or p.split == split) and only in p.id]
    if sample is None:
        return wanted
    faulty = in_turn(
        [p for p in wanted if not p.healthy],
        lambda p: (p.causes[0], p.split),
        last=lambda p: verdict(p, rows)[0] == "harmless",
    )
    healthy = in_turn([p for p in wanted if p.healthy], lambda p: p.family, last=lambda p: complaint(p, rows) != "")
    return faulty[: sample // 2] + healthy[: sample - sample // 2]


def in_turn(several: Sequence[Program], group: Any, last: Any) -> list[Program]:
    """One of each group, then the second of each, and so on; within a group in an order that only the ids settle."""
    groups: dict[Any, list[Program]] = defaultdict(list)
    for program in sorted(several, key=lambda p: (last(p), hashlib.sha256(p.id.encode()).hexdigest())):
        groups[group(program)].append(program)
    rounds = max((len(g) for g in groups.values()), default=0)
    return [groups[name][i] for i in range(rounds) for name in sorted(groups) if i < len(groups[name])]


def run_all(todo: Iterable[tuple[Program, int]], command: str, workers: int, timeout_s: float) -> None:
    """Run what is missing, showing progress. Ctrl-C waits for the runs under way, which a second run need not repeat."""
    missing = [(program, seed) for program, seed in todo if not said_path(program, seed, command).exists()]
    began, failed, count = time.monotonic(), 0, 0
    with ThreadPoolExecutor(workers) as pool:
        running: set[Future[Said]] = set()
        queue = iter(missing)
        try:
            while True:
                while len(running) < workers and (pair := next(queue, None)):
                    running.add(pool.submit(run_one, *pair, command, timeout_s))
                if not running:
                    break
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    said, count = future.result(), count + 1
                    failed += said.document is None
                    left = (time.monotonic() - began) / count * (len(missing) - count)
                    sys.stderr.write(
                        f"\r{count}/{len(missing)} runs, {failed} without a diagnosis, {left:.0f} s left  {said.program[:56]:56s}"
                    )
                    sys.stderr.flush()
        except KeyboardInterrupt:
            sys.stderr.write("\nstopped; the same command goes on from here\n")
            raise SystemExit(130) from None
    sys.stderr.write("\n" if missing else "nothing to run: all is there\n")


def arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--seeds", default="0", help="separated by commas")
    parser.add_argument("--split", choices=("tune", "held-out"))
    parser.add_argument("--only", default="", help="programs whose id contains this")
    parser.add_argument("--sample", type=int, help="so many programs, spread over causes and families, always the same")
    parser.add_argument("--command", default=COMMAND)
    return parser


def main() -> None:
    parser = arguments(
        argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=TIMEOUT_S)
    args = parser.parse_args()
    several = chosen(args.split, args.only, args.sample)
    seeds = [int(seed) for seed in args.seeds.split(",")]
    run_all([(program, seed) for seed in seeds for program in several], args.command, args.workers, args.timeout)


if __name__ == "__main__":
    main()
