"""A million-row CSV: this package's reader beside `pandas.read_csv` (C engine), alternating, in one process.

    python benchmarks/csv_speed.py [rows]

`rows()` gives the figures; every value is compared with Python's own `float()` on a sample, exactly.
"""

import csv
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from losscompass.evidence.records import ScalarBlock
from losscompass.readers.csv_table import read

REPEATS = 5


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


SHAPES = {"lightning": _lightning, "short decimals": _short, "ten columns of doubles": _doubles}


def rows(count: int = 1_000_000) -> list[dict[str, float | str]]:
    """One dict a shape: rows, megabytes, seconds (the best of the repeats, wall and CPU) of both, and their ratio."""
    import pandas as pd

    results: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in SHAPES.items():
            path = Path(folder) / "log.csv"
            path.write_text("\n".join(lines(count)) + "\n")
            _check(path)
            ours, theirs = [], []
            for _ in range(REPEATS):
                ours.append(_timed(lambda path=path: sum(1 for _ in read(path))))
                theirs.append(_timed(lambda path=path: pd.read_csv(path, engine="c")))
            (wall, cpu), (pandas_wall, pandas_cpu) = (np.min(times, axis=0) for times in (ours, theirs))
            results.append(
                {
                    "shape": name,
                    "rows": count,
                    "MB": round(path.stat().st_size / 1e6, 1),
                    "losscompass wall s": round(float(wall), 3),
                    "pandas wall s": round(float(pandas_wall), 3),
                    "wall ratio": round(float(wall / pandas_wall), 2),
                    "losscompass cpu s": round(float(cpu), 3),
                    "pandas cpu s": round(float(pandas_cpu), 3),
                    "cpu ratio": round(float(cpu / pandas_cpu), 2),
                }
            )
    return results


def _timed(job) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - wall, time.process_time() - cpu


def _check(path: Path) -> None:
    """Every value of every column against `float()`, bit for bit."""
    blocks = [record for record in read(path) if isinstance(record, ScalarBlock)]
    read_back = {block.name: block.value for block in blocks}
    with path.open() as file:
        table = csv.DictReader(file)
        wanted: dict[str, list[float]] = {name: [] for name in read_back}
        for row in table:
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
