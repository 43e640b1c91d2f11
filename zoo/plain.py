"""Run programs of the zoo, as they are or watched by losscompass: each in a child of a process that has already imported torch, which saves seconds.

python -m zoo.plain [--seed 0] ID ...    one line of JSON a program
"""

import argparse
import contextlib
import importlib
import json
import os
import runpy
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import losscompass

from .manifest import programs

PAUSE_S = 0.02  # between looks at the children


@dataclass(frozen=True, slots=True)
class Job:
    """One program to run with one seed. `journal`: watch it with losscompass, and write the journal there; None: run it as it is.

    `within`: called in the child, gives what the script runs inside of, where it is not watched.
    """

    id: str
    source: str
    seed: int
    script: Path | None = None  # where it lies; None: in a folder that is removed after the run
    journal: Path | None = None
    within: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status`: "ok", "crash" (the script raised) or "timeout". `metrics`: what the program wrote, {} where it wrote nothing."""

    job: Job
    status: str
    error: str
    metrics: dict[str, object]
    seconds: float


def run_all(jobs: Iterable[Job], workers: int, timeout_s: float) -> Iterator[Outcome]:
    """The outcomes, as they come. Children that still run are stopped when the caller stops listening."""
    warm_up()
    queue, running = list(jobs)[::-1], {}
    try:
        while queue or running:
            while queue and len(running) < workers:
                job, folder = queue.pop(), tempfile.TemporaryDirectory(prefix="zoo-")
                running[start(job, Path(folder.name))] = (job, folder, time.monotonic())
            for pid in list(running):
                job, folder, began = running[pid]
                done, wait_status = os.waitpid(pid, os.WNOHANG)
                late = not done and time.monotonic() - began > timeout_s
                if late:
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                if done or late:
                    del running[pid]
                    yield collect(job, Path(folder.name), wait_status, late, time.monotonic() - began)
                    folder.cleanup()
            time.sleep(PAUSE_S)
    finally:
        for pid, (_, folder, _) in running.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            folder.cleanup()


def warm_up() -> None:
    """Import once what nearly every program imports. One thread: a pool of threads would not survive the fork."""
    os.environ["OMP_NUM_THREADS"] = "1"
    for name in ("sklearn.datasets", "sklearn.model_selection", "sklearn.preprocessing", "torch.utils.data"):
        importlib.import_module(name)
    import torch

    torch.set_num_threads(1)
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # the first optimiser imports the compiler: seconds
    importlib.import_module("losscompass.watcher")


def start(job: Job, folder: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        script = job.script or folder / "train.py"
        if not script.exists():
            script.write_text(job.source, "utf-8")
        os.environ.update(ZOO_SEED=str(job.seed), ZOO_METRICS=str(folder / "metrics.json"))
        os.chdir(folder)
        out = os.open("out.txt", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.argv = [str(script)]
        with losscompass.watch(job.journal, show=False) if job.journal else job.within():
            runpy.run_path(str(script), run_name="__main__")
        code = 0
    except SystemExit as stop:
        code = int(bool(stop.code))
    except BaseException:  # noqa: BLE001 - whatever ends the program is its outcome
        (folder / "error.txt").write_text(traceback.format_exc(limit=-3), "utf-8")
    finally:
        sys.stdout.flush()
        os._exit(code)


def collect(job: Job, folder: Path, wait_status: int, late: bool, seconds: float) -> Outcome:
    error, metrics = folder / "error.txt", folder / "metrics.json"
    status = "timeout" if late else "ok" if wait_status == 0 else "crash"
    return Outcome(
        job,
        status,
        error.read_text("utf-8").strip().splitlines()[-1] if error.exists() else "",
        json.loads(metrics.read_text("utf-8")) if metrics.exists() else {},
        seconds,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="+", metavar="ID")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    wanted = [program for program in programs() if program.id in args.ids]
    if unknown := set(args.ids) - {program.id for program in wanted}:
        parser.error(f"no such program: {', '.join(sorted(unknown))}")
    jobs = [Job(program.id, program.source, args.seed) for program in wanted]
    for outcome in run_all(jobs, workers=2, timeout_s=600.0):
        said = {"program": outcome.job.id, "status": outcome.status, "error": outcome.error, "metrics": outcome.metrics}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
