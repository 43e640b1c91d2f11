"""Run the zoo under losscompass and keep what it said.

    python -m zoo.run [--seeds 0,1] [--split held-out] [--only WORD] [--sample N] [--workers 2]

Two stages, each kept. A program is watched once a seed: its journal lies in `.zoo/journals/`, named by what it depends on (the program, the seed, the
sources of the watcher). The journal is read as `losscompass read` reads it: one JSON file a run in `.zoo/said/`, named by the journal and the sources of
all of losscompass. So a changed rule costs no training. What is there already is not done again, and a stopped run goes on where it was. The
programs lie in `.zoo/programs/`.
"""

import argparse
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from losscompass.api import read
from losscompass.report.formats import render

from .kill import complaint, load, verdict
from .manifest import Program, programs
from .plain import Job
from .plain import run_all as run_programs

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "losscompass"
WATCHING = ("watcher", "launch", "evidence")
"""The rooms that settle what a journal holds."""
CACHE = ROOT / ".zoo"
TIMEOUT_S = 180.0


@dataclass(frozen=True, slots=True)
class Said:
    """What losscompass said of one run. `document`: its JSON; None where there is none, and `error` says why.

    `ended`: how the program itself ended ("ok", "crash", "timeout"). `metrics`: what it measured on clean data.
    """

    program: str
    seed: int
    source: str  # sha256 of the program as it was run
    document: dict[str, Any] | None
    error: str
    ended: str
    metrics: dict[str, Any]
    seconds: float  # of the program, watched
    reading_s: float  # of the verdict, at the journal's end


@cache
def tool_hash(rooms: tuple[str, ...] = ()) -> str:
    """Of losscompass as it is now: every file of its sources, or of some of its rooms."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*")):
        within = path.relative_to(SOURCES)
        if path.is_file() and "__pycache__" not in path.parts and (not rooms or within.parts[0] in rooms):
            digest.update(str(within).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def journal_path(program: Program, seed: int) -> Path:
    digest = hashlib.sha256("\0".join([program.source, str(seed), tool_hash(WATCHING)]).encode()).hexdigest()
    return CACHE / "journals" / f"{program.id}--{seed}--{digest[:16]}.journal"


def said_path(program: Program, seed: int) -> Path:
    digest = hashlib.sha256(f"{journal_path(program, seed).name} {tool_hash()}".encode()).hexdigest()
    return CACHE / "said" / f"{program.id}--{seed}--{digest[:16]}.json"


def read_said(path: Path) -> Said:
    return Said(**json.loads(path.read_text("utf-8")))


def write_program(program: Program) -> Path:
    path = CACHE / "programs" / program.id / "train.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != program.source:
        path.write_text(program.source, "utf-8")
    return path


def written(path: Path, text: str) -> None:
    """All of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(text, "utf-8")
    draft.replace(path)


def document_of(journal: Path) -> tuple[dict[str, Any] | None, str, float]:
    """What is said of a journal: the JSON or None, why there is none, and the seconds it took."""
    began = time.monotonic()
    try:
        return json.loads(render(read(journal), "json", "en")), "", time.monotonic() - began
    except Exception as error:  # noqa: BLE001 - what fails to read is a miss that the tables show, not an end of the measurement
        return None, f"{type(error).__name__}: {error}", time.monotonic() - began


def say(program: Program, seed: int) -> None:
    """Read one journal, and keep what is said of it."""
    journal = journal_path(program, seed)
    ended = json.loads(journal.with_suffix(".json").read_text("utf-8"))
    document, error, took = document_of(journal)
    digest = hashlib.sha256(program.source.encode()).hexdigest()
    said = Said(
        program.id,
        seed,
        digest,
        document,
        error or ended["error"],
        ended["status"],
        ended["metrics"],
        ended["seconds"],
        round(took, 3),
    )
    written(said_path(program, seed), json.dumps(asdict(said)))


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


def run_all(todo: Iterable[tuple[Program, int]], workers: int, timeout_s: float) -> None:
    """Do what is missing, showing progress. Ctrl-C stops the runs under way; what is finished need not be done again."""
    pairs = list(todo)
    try:
        watch_all([pair for pair in pairs if not journal_path(*pair).exists()], workers, timeout_s)
        say_all([pair for pair in pairs if not said_path(*pair).exists() and journal_path(*pair).exists()], workers)
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on from here\n")
        raise SystemExit(130) from None


def watch_all(missing: Sequence[tuple[Program, int]], workers: int, timeout_s: float) -> None:
    """Run the programs watched. One that takes too long may have met a busy machine: it is tried again next time."""
    jobs, targets = [], {}
    for program, seed in missing:
        journal = journal_path(program, seed)
        journal.parent.mkdir(parents=True, exist_ok=True)
        draft = journal.with_suffix(".part")
        draft.unlink(missing_ok=True)
        jobs.append(Job(program.id, program.source, seed, script=write_program(program), journal=draft))
        targets[draft] = journal
    began, late = time.monotonic(), 0
    for count, outcome in enumerate(run_programs(jobs, workers, timeout_s), 1):
        draft = outcome.job.journal
        if outcome.status == "timeout":
            late += 1
        elif draft is not None and draft.exists():
            ended = {name: getattr(outcome, name) for name in ("status", "error", "metrics", "seconds")}
            written(targets[draft].with_suffix(".json"), json.dumps(ended))
            draft.replace(targets[draft])
        left = (time.monotonic() - began) / count * (len(jobs) - count)
        sys.stderr.write(
            f"\rwatched {count}/{len(jobs)}, {late} too slow, {left:.0f} s left  {outcome.job.id[:56]:56s}"
        )
        sys.stderr.flush()
    sys.stderr.write("\n" if jobs else "nothing to watch: all journals are there\n")


def say_all(missing: Sequence[tuple[Program, int]], workers: int) -> None:
    """Read the journals."""
    with ProcessPoolExecutor(workers) as pool:
        for count, _ in enumerate(pool.map(say, *zip(*missing, strict=True), chunksize=4) if missing else (), 1):
            sys.stderr.write(f"\rread {count}/{len(missing)}")
            sys.stderr.flush()
    sys.stderr.write("\n" if missing else "nothing to read: all is said\n")


def arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--seeds", default="0", help="separated by commas")
    parser.add_argument("--split", choices=("tune", "held-out"))
    parser.add_argument("--only", default="", help="programs whose id contains this")
    parser.add_argument("--sample", type=int, help="so many programs, spread over causes and families, always the same")
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
    run_all([(program, seed) for seed in seeds for program in several], args.workers, args.timeout)


if __name__ == "__main__":
    main()
