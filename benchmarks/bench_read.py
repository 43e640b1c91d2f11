"""What reading a log costs, beside the tools that people use for it, in one run: `make bench-read`.

Times are CPU seconds (user and system) of this process or of a process of its own, the median of repetitions in which
the competitors take turns. Values are compared before times are.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

import csv_speed
import event_files
from losscompass.evidence.records import ScalarBlock, Skipped
from losscompass.readers.tensorboard import READER

Points = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]  # tag → step, value, wall time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of each measurement")
    parser.add_argument("--steps", type=int, default=100_000, help="steps of ten scalars in the large event files")
    parser.add_argument("--only", nargs="*", choices=SECTIONS, help="sections to run")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(CHILDREN[options.child[0]](Path(options.child[1]))))
        return
    for name, section in SECTIONS.items():
        if not options.only or name in options.only:
            with tempfile.TemporaryDirectory() as folder:
                section(Path(folder), options)


# TensorBoard event files


def ours(path: Path) -> Points:
    """The scalars of an event file, by losscompass."""
    found: Points = {}
    for record in READER.read(path):
        if isinstance(record, ScalarBlock):
            assert record.time is not None
            found[record.name] = (record.step, record.value, record.time)
    return found


def theirs(path: Path) -> Callable[[], Points]:
    """Load an event file with TensorBoard's EventAccumulator; the scalars are unpacked later, outside the clock."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()

    def unpack() -> Points:
        from tensorboard.util.tensor_util import make_ndarray

        found: Points = {}
        for tag in accumulator.Tags()["scalars"]:
            events = accumulator.Scalars(tag)
            found[tag] = _columns([(e.step, e.value, e.wall_time) for e in events])
        for tag in accumulator.Tags()["tensors"]:
            events = accumulator.Tensors(tag)
            found[tag] = _columns([(e.step, make_ndarray(e.tensor_proto).item(), e.wall_time) for e in events])
        return found

    return unpack


def _columns(rows: list[tuple[float, float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    step, value, wall = np.array(rows, dtype=np.float64).T
    return step, value, wall


def identical(one: Points, other: Points) -> bool:
    """Whether two readers found the same tags with bit-identical points in the same order."""
    return one.keys() == other.keys() and all(
        np.array_equal(a.view(np.int64), np.ascontiguousarray(b).view(np.int64))
        for tag in one
        for a, b in zip(one[tag], other[tag], strict=True)
    )


def tensorboard(folder: Path, options: argparse.Namespace) -> None:
    rows = []
    for kind, label in (
        ("simple", "regular, simple_value"),
        ("tensor", "regular, TF2 tensors"),
        ("shuffled", "any order, extra records"),
    ):
        path = folder / f"events.out.tfevents.{kind}"
        event_files.write(path, kind, options.steps)
        same = identical(ours(path), theirs(path)())
        quick, slow = [], []
        for _ in range(options.repeat):
            quick += [cpu(partial(ours, path)) for _ in range(3)]
            slow.append(cpu(partial(theirs, path)))
        peak = child("event-file", path)
        rows.append(
            (
                label,
                f"{10 * options.steps:,}",
                f"{statistics.median(quick):.3f}",
                f"{statistics.median(slow):.2f}",
                f"{statistics.median(slow) / statistics.median(quick):.0f} ×",
                "identical" if same else "DIFFERENT",
                f"{peak['peak_mb']:.0f}",
            )
        )
        path.unlink()
    table(
        "TensorBoard event files: CPU seconds, and the peak memory of a fresh process of ours",
        ("records", "scalars", "losscompass s", "EventAccumulator s", "ratio", "values", "peak MB"),
        rows,
    )


def damage(folder: Path, _: argparse.Namespace) -> None:
    """How many scalars each reader returns of a file with damage in its middle."""
    path = folder / "events.out.tfevents.damaged"
    event_files.write(path, "simple", 5_401, ("train/loss", "val/loss"))
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = bytearray(whole)
    flipped[middle] ^= 0x10
    variants = {
        "none": whole,
        "the last 5 bytes cut off": whole[:-5],
        "one bit flipped": bytes(flipped),
        "64 zero bytes": whole[:middle] + bytes(64) + whole[middle + 64 :],
        "64 bytes missing": whole[:middle] + whole[middle + 64 :],
    }
    rows = []
    for name, data in variants.items():
        path.write_bytes(data)
        said = [record for record in READER.read(path) if isinstance(record, Skipped)]
        rows.append(
            (
                name,
                f"{sum(len(step) for step, _, _ in ours(path).values()):,}",
                f"{sum(len(step) for step, _, _ in theirs(path)().values()):,}",
                "; ".join(f"{one.reason} × {one.count}" for one in said) or "-",
            )
        )
    table("Damaged event files: scalars returned", ("damage", "losscompass", "EventAccumulator", "we report"), rows)


# Tables, diagnosing, start-up


def tables(_: Path, __: argparse.Namespace) -> None:
    rows = csv_speed.rows()
    table(
        "CSV beside pandas.read_csv (its C engine): median of the repetitions",
        list(rows[0]),
        [list(row.values()) for row in rows],
    )


def diagnosing(folder: Path, options: argparse.Namespace) -> None:
    """Reading a long series and diagnosing it, each in a process of its own."""
    rows = []
    for points in (10_000, 100_000, 1_000_000):
        path = folder / f"events.out.tfevents.{points}"
        event_files.write(path, "simple", points, ("train/loss",))
        as_csv = folder / f"{points}.csv"
        step, value, _ = ours(path)["train/loss"]
        as_csv.write_text("step,loss\n" + "".join(f"{int(s)},{v:.7g}\n" for s, v in zip(step, value, strict=True)))
        measured = [child("diagnose", path) for _ in range(options.repeat)]
        from_csv = [child("diagnose", as_csv) for _ in range(options.repeat)]
        rows.append(
            (
                f"{points:,}",
                f"{median(measured, 'read_s') * 1e3:.0f}",
                f"{median(from_csv, 'read_s') * 1e3:.0f}",
                f"{median(measured, 'diagnose_s') * 1e3:.0f}",
                f"{median(measured, 'diagnose_s') / points * 1e6:.2f}",
                f"{median(measured, 'read_mb'):.0f}",
                f"{median(measured, 'peak_mb'):.0f}",
            )
        )
    table(
        "Diagnosing one series: CPU milliseconds",
        ("points", "read (event file)", "read (CSV)", "diagnose", "µs a point", "MB after reading", "peak MB"),
        rows,
    )


def start(_: Path, options: argparse.Namespace) -> None:
    """Whole processes, from the command line to the end."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
        "losscompass --help": [sys.executable, "-m", "losscompass", "--help"],
        "losscompass read --help": [sys.executable, "-m", "losscompass", "read", "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(2 * options.repeat + 1):
        for name, command in commands.items():
            seconds[name].append(cpu_of_process(command))
    numpy_s = statistics.median(seconds["python -c 'import numpy'"])
    rows = [
        (name, f"{statistics.median(times) * 1e3:.0f}", f"{statistics.median(times) / numpy_s:.2f} ×")
        for name, times in seconds.items()
    ]
    table("Starting: CPU milliseconds of the whole process", ("command", "ms", "of starting with numpy"), rows)


# Measuring


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process that `work` takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def cpu_of_process(command: Sequence[str]) -> float:
    """CPU seconds of a process and of its children."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def child(what: str, path: Path) -> dict[str, float]:
    """What one of `CHILDREN` measures in a fresh process."""
    command = [sys.executable, __file__, "--child", what, str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def child_event_file(path: Path) -> dict[str, float]:
    points = ours(path)
    return {"peak_mb": peak_mb(), "scalars": sum(len(step) for step, _, _ in points.values())}


def child_diagnose(path: Path) -> dict[str, float]:
    from losscompass.diagnose.engine import diagnose
    from losscompass.readers.discover import gather

    begin = time.process_time()
    gathered = gather([path])
    between = time.process_time()
    after_reading = peak_mb()
    diagnose(gathered)
    end = time.process_time()
    assert gathered.runs, path
    return {
        "read_s": between - begin,
        "diagnose_s": end - between,
        "read_mb": after_reading,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """The most memory this process has held, in MB. (`ru_maxrss` would include the parent's before the start.)"""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1e3 * 1.024
    raise SystemExit("this benchmark reads /proc/self/status: it needs Linux")


def median(measured: list[dict[str, float]], key: str) -> float:
    return statistics.median(one[key] for one in measured)


def table(title: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"\n### {title}\n")
    widths = [max(len(str(row[column])) for row in (names, *rows)) for column in range(len(names))]
    for row in (names, ["-" * width for width in widths], *rows):
        print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
    sys.stdout.flush()


SECTIONS = {"tensorboard": tensorboard, "damage": damage, "tables": tables, "diagnosing": diagnosing, "start": start}
CHILDREN = {"event-file": child_event_file, "diagnose": child_diagnose}

if __name__ == "__main__":
    main()
