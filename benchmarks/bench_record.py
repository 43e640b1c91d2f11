"""What recording a training loop's numbers costs and what a kill takes, beside the tools that people use for it, in one run: `make bench-record`.

Cost: each tool in a process of its own, the tools taking turns, the median of repetitions: CPU of the loop's thread for a scalar, then CPU
of the whole process and the processes it started, from the first step until everything is written. The loop itself is in all of them.

Kill: a process records as fast as it can and acknowledges each step over a pipe; at a random moment it gets SIGKILL, and what can be
read is compared with what it had acknowledged.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from recording_tools import TOOLS, Tool

COLUMNS = (1, 10)
OURS = "losscompass"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5, help="repetitions of each measurement")
    parser.add_argument("--kills", type=int, default=100, help="kills of losscompass")
    parser.add_argument("--other-kills", type=int, default=5, help="kills of each of the others")
    parser.add_argument("--only", nargs="*", choices=TOOLS, help="tools to run")
    parser.add_argument("--child", nargs=4, metavar=("WHAT", "TOOL", "COLUMNS", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        what, tool, columns, folder = options.child
        {"cost": cost_here, "until-killed": until_killed_here}[what](TOOLS[tool], int(columns), Path(folder))
        return
    chosen = {key: tool for key, tool in TOOLS.items() if not options.only or key in options.only}
    absent = [tool.title for tool in chosen.values() if not tool.there]
    chosen = {key: tool for key, tool in chosen.items() if tool.there}
    costs = measured(chosen, options.repeat)
    print(f"{'':32} {'CPU µs a scalar: thread / all':>33} {'bytes a scalar':>18}   kill -9: lost of acknowledged")
    print(f"{'':32} {'1 a step':>16} {'10 a step':>16} {'1':>9} {'10':>8}")
    for key, tool in chosen.items():
        cells = [f"{costs[key, n]['thread']:.2f} / {costs[key, n]['all']:.2f}" for n in COLUMNS]
        sizes = [f"{costs[key, n]['bytes']:.1f}" if costs[key, n]["bytes"] else "–" for n in COLUMNS]
        kills = options.kills if key == OURS else options.other_kills
        loss = killed(key, tool, kills) if key != "nothing" else "–"
        print(f"{tool.title:32} {cells[0]:>16} {cells[1]:>16} {sizes[0]:>9} {sizes[1]:>8}   {loss}", flush=True)
    if absent:
        print(f"\nnot installed here: {', '.join(absent)}")


def names(columns: int) -> list[str]:
    return ["train/loss", *(f"value/{number}" for number in range(1, columns))]


def measured(chosen: dict[str, Tool], repeat: int) -> dict[tuple[str, int], dict[str, float]]:
    """The medians of what each tool costs."""
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    for _ in range(repeat):
        for key in chosen:
            for columns in COLUMNS:
                with tempfile.TemporaryDirectory() as folder:
                    out = subprocess.run(
                        _command("cost", key, columns, folder), stdout=subprocess.PIPE, check=True
                    ).stdout
                found.setdefault((key, columns), []).append(json.loads(out.splitlines()[-1]))
    return {
        where: {name: statistics.median(one[name] for one in several) for name in several[0]}
        for where, several in found.items()
    }


def cost_here(tool: Tool, columns: int, folder: Path) -> None:
    """Measure in this process."""
    log, close = tool.open(folder, names(columns))
    steps = tool.steps if columns == 1 else tool.steps // 4
    values = [0.5 + 1e-3 * number for number in range(columns)]
    log(0, *values)
    before, begun, thread = _children(), time.process_time(), time.thread_time()
    for step in range(1, steps):
        log(step, *values)
    thread = time.thread_time() - thread
    last = _children()
    close()
    cpu = time.process_time() - begun + max(last, _children()) - before
    scalars = steps * columns
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".log")
    print(json.dumps({"thread": thread / scalars * 1e6, "all": cpu / scalars * 1e6, "bytes": size / scalars}))


def _children() -> float:
    """CPU seconds of the processes started from here, ended or not."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ended.ru_utime + ended.ru_stime
    mine = {os.getpid()}
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        stats[int(path.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    for process in sorted(stats):  # a child has a higher number than its parent, unless the numbers began anew
        parent, ticks = stats[process]
        if parent in mine:
            mine.add(process)
            total += ticks / os.sysconf("SC_CLK_TCK")
    return total


def until_killed_here(tool: Tool, columns: int, folder: Path) -> None:
    """Record, and acknowledge each step with a byte, for ever."""
    pipe = os.dup(1)
    os.dup2(2, 1)  # what a tool prints is no acknowledgement
    log, _ = tool.open(folder, names(columns))
    step = 0
    while True:
        log(step, *[float(step)] * columns)
        os.write(pipe, b".")
        step += 1


def killed(key: str, tool: Tool, kills: int) -> str:
    """How many acknowledged steps cannot be read after SIGKILL at random moments."""
    dice = random.Random(1)
    acknowledged = lost = losing = 0
    for kill in range(kills):
        with tempfile.TemporaryDirectory() as folder:
            columns = COLUMNS[kill % len(COLUMNS)]
            with subprocess.Popen(
                _command("until-killed", key, columns, folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as child:
                assert child.stdout is not None
                told = len(child.stdout.read(dice.randrange(1, tool.kill_before)))
                child.kill()
                told += len(child.stdout.read())
            missing = max(0, told - tool.count(Path(folder), names(columns)[0]))
            acknowledged, lost, losing = acknowledged + told, lost + missing, losing + (missing > 0)
    return f"{lost:,} of {acknowledged:,} steps, in {losing} of {kills} kills"


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", __file__, "--child", *map(str, arguments)]


if __name__ == "__main__":
    main()
