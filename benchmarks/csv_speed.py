"""A million-row CSV: this package's reader beside `pandas.read_csv` (C engine), alternating.

Both within one process, everything imported and warm; and each in a process of its own, from its start to the arrays, which
is what someone at a terminal waits for. pandas 3 reads the nearest doubles too, and uses both cores; older versions do
neither.

    python benchmarks/csv_speed.py [rows]

`rows()` gives the figures; every value is compared with Python's own `float()`, bit for bit.
"""

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from losscompass.evidence.records import ScalarBlock
from losscompass.readers.csv_table import read

REPEATS = 7


def _lightning(count: int) -> Iterator[str]:
    """epoch, step, float32 losses; validation once in a hundred rows, the other cell empty."""
    yield "epoch,step,train_loss,val_loss"
    noise = random.Random(1)
    for row in range(count):
        value = repr(float(np.float32(2.3 * (row + 1) ** -0.2 + noise.gauss(0, 0.02))))
        yield f"{row // 1000},{row},,{value}" if row % 100 == 99 else f"{row // 1000},{row},{value},"


def _short(count: int) -> Iterator[str]:
    """What scripts print: four to six decimals."""
    yield "step,loss,acc,lr,grad_norm"
    noise = random.Random(2)
    for row in range(count):
        yield f"{row},{2.3 * (row + 1) ** -0.2 + noise.gauss(0, 0.02):.6f},{noise.random():.4f},{1e-3 * 0.999999**row:.6f},{noise.random() * 3:.4f}"


def _doubles(count: int) -> Iterator[str]:
    """Ten columns of full doubles, 16 to 18 digits each: the hardest case, and no log we know."""
    yield "epoch,step," + ",".join(f"metric_{k}" for k in range(8))
    noise = random.Random(3)
    for row in range(count):
        yield f"{row // 1000},{row}," + ",".join(repr(noise.random() * 3) for _ in range(8))


IN_A_PROCESS = {
    "losscompass": "import sys, pathlib; from losscompass.readers.csv_table import read; list(read(pathlib.Path(sys.argv[1])))",
    "pandas": "import sys, pandas; pandas.read_csv(sys.argv[1], engine='c')",
}
SHAPES = {"lightning": _lightning, "short decimals": _short, "ten columns of doubles": _doubles}


def rows(count: int = 1_000_000) -> list[dict[str, float | str]]:
    """Two dicts a shape (warm, and in a process of its own): rows, megabytes, the median seconds (wall and CPU) of both, and
    their ratio.
    """
    import pandas as pd

    results: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in SHAPES.items():
            path = Path(folder) / "log.csv"
            path.write_text("\n".join(lines(count)) + "\n")
            _check(path)
            warm = {
                "losscompass": lambda path=path: list(read(path)),
                "pandas": lambda path=path: pd.read_csv(path, engine="c"),
            }
            started = {
                job: lambda path=path, code=code: subprocess.run([sys.executable, "-c", code, path], check=True)
                for job, code in IN_A_PROCESS.items()
            }
            for how, jobs in (("warm", warm), ("from process start", started)):
                row: dict[str, float | str] = {"shape": name, "measured": how}
                row |= {"rows": count, "MB": round(path.stat().st_size / 1e6, 1)}
                results.append(row | _beside(jobs))
    return results


def _beside(jobs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The jobs in turn, again and again."""
    times: dict[str, list[tuple[float, float]]] = {job: [] for job in jobs}
    for _ in range(REPEATS):
        for job, run in jobs.items():
            times[job].append(_timed(run))
    middle = {job: np.median(each, axis=0) for job, each in times.items()}
    row: dict[str, float] = {}
    for job, (wall, cpu) in middle.items():
        row |= {f"{job} wall s": round(float(wall), 3), f"{job} cpu s": round(float(cpu), 3)}
    ratio = middle["losscompass"] / middle["pandas"]
    return row | {"wall ratio": round(float(ratio[0]), 2), "cpu ratio": round(float(ratio[1]), 2)}


def _timed(job: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processors, those of its child processes included."""
    wall, cpu = time.perf_counter(), _processor_time()
    job()
    return time.perf_counter() - wall, _processor_time() - cpu


def _processor_time() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _check(path: Path) -> None:
    """Every value of every column against `float()`, bit for bit."""
    blocks = [record for record in read(path) if isinstance(record, ScalarBlock)]
    read_back = {block.name: block.value for block in blocks}
    with path.open() as file:
        wanted: dict[str, list[float]] = {name: [] for name in read_back}
        for row in csv.DictReader(file):
            for name, values in wanted.items():
                if row[name]:
                    values.append(float(row[name]))
    for name, values in wanted.items():
        assert np.array_equal(np.array(values).view(np.uint64), read_back[name].view(np.uint64)), name


def main() -> None:
    table = rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    print("| " + " | ".join(table[0]) + " |")
    print("|" + " --- |" * len(table[0]))
    for line in table:
        print("| " + " | ".join(str(value) for value in line.values()) + " |")


if __name__ == "__main__":
    main()
