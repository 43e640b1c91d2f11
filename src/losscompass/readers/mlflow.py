"""MLflow: a metric's file, a run's folder, or the SQLite store of a tracking server.

A metric's file has a line `timestamp value step` for each point (milliseconds since 1970; the oldest versions wrote no
step, newer ones may add the data set). A run's folder holds `metrics/`, `params/`, `tags/` and `meta.yaml`.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ..evidence.records import Event, Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError

_SQLITE = b"SQLite format 3\0"
_LINE = re.compile(rb"(\d{12,14}) (\S+)(?: (-?\d+)(?: .*)?)?\r?")
_LARGEST = np.finfo(np.float64).max  # stands for infinity in the SQLite store, which cannot keep it
_LONGEST_FACT = 500  # characters of a text that still is a setting, not a document
_OF_A_RUN = ("metrics", "params", "tags", "meta.yaml", "inputs", "outputs", "traces")
_ROWS_AT_ONCE = 10_000
_LONGEST_LINE = 100  # bytes of a regular line
_MOST_BYTES = 1 << 29  # of one metric's file: ten million points


def sniff(head: Head) -> bool:
    """A metric's file by its lines, a store by its tables."""
    if head.data.startswith(_SQLITE):
        return _is_store(head.path)
    return _is_metric(head.data)


def claims(folder: Path) -> tuple[Path, ...]:
    """The folder of one run: its metrics, parameters and tags. What it kept as artifacts is looked at for itself."""
    metrics = folder / "metrics"
    if not metrics.is_dir() or not any(_is_metric(_beginning(path)) for path in _files(metrics)):
        return ()
    return tuple(path for name in _OF_A_RUN if (path := folder / name).exists())


def read(path: Path) -> Iterator[Record]:
    """The records of a metric's file, a run's folder, or a store with all its runs."""
    if path.is_dir():
        records = _run_folder(path)
    elif _beginning(path, len(_SQLITE)) == _SQLITE:
        records = _store(path)
    else:
        records = _metric(path, _metric_name(path))
    yield Fact("format", "mlflow")
    found = False
    for record in records:
        found = found or isinstance(record, ScalarBlock)
        yield record
    if not found:
        raise UnreadableError("no-curve")


# Files


def _is_metric(data: bytes) -> bool:
    lines = data.split(b"\n")
    whole = lines[:-1] if len(lines) > 1 else lines
    return bool(whole) and all(_point(line) is not None for line in whole)


def _point(line: bytes) -> tuple[float, float, float] | None:
    """A line's time in seconds, value, and step (NaN where there is none)."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    try:
        value = float(match[2])
    except ValueError:
        return None
    return int(match[1]) / 1000, value, float("nan") if match[3] is None else float(match[3])


def _metric(path: Path, name: str) -> Iterator[Record]:
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableError("too-large", {"limit": _MOST_BYTES >> 20})
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    wrong, first_wrong = 0, 0
    points = _regular(data[:end])
    if points is None:
        found = []
        for number, line in enumerate(data[:end].split(b"\n"), 1):
            point = _point(line)
            if point is not None:
                found.append(point)
            elif line.strip():
                wrong, first_wrong = wrong + 1, first_wrong or number
        points = np.array(found).reshape(-1, 3)
    if len(points):
        time, value, step = points.T
        yield from _curve(name, step, value, time)
    if wrong:
        yield Skipped("unreadable-row", wrong, f"{name}, line {first_wrong}")
    if data[end:].strip():
        number = data.count(b"\n") + 1
        yield Skipped("cut-off-last-row", 1, f"{name}, line {number}")


def _regular(data: bytes) -> Float64[np.ndarray, "n 3"] | None:
    """Times in seconds, values and steps of a file whose lines all hold just these three; None if some do not."""
    characters = np.frombuffer(data, np.uint8)
    ends, blanks = np.flatnonzero(characters == ord("\n")), np.flatnonzero(characters == ord(" "))
    if not ends.size or blanks.size != 2 * ends.size:
        return None
    if (blanks[1::2] > ends).any() or (blanks[2::2] < ends[:-1]).any():
        return None
    if np.diff(ends, prepend=-1).max() > _LONGEST_LINE:
        return None
    cells = data.split()
    if len(cells) != 3 * ends.size:
        return None
    try:
        points = np.array(cells).astype(np.float64).reshape(-1, 3)
    except ValueError:
        return None
    points[:, 0] /= 1000
    return points


def _curve(
    name: str, step: Float64[np.ndarray, " n"], value: Float64[np.ndarray, " n"], time: Float64[np.ndarray, " n"]
) -> Iterator[Record]:
    """Points in the order in which they were measured. Who logs without a step gets step 0 each time: then rows count."""
    if not np.isfinite(step).all() or (step.size > 1 and bool((step == step[0]).all())):
        yield ScalarBlock(name, np.arange(step.size, dtype=np.float64), value, axis="row", time=time)
        return
    if (np.diff(step) < 0).any():
        # The same point written twice, or points written late: the order of time may be that of the steps.
        order = np.argsort(time, kind="stable")
        same = (np.diff(step[order]) == 0) & (np.diff(time[order]) == 0)
        value_again = np.diff(value[order])
        again = np.concatenate([[False], same & ((value_again == 0) | np.isnan(value_again))])
        kept = order[~again]
        if (np.diff(step[kept]) >= 0).all():
            step, value, time = step[kept], value[kept], time[kept]
            if again.any():
                yield Skipped("repeated-row", int(again.sum()), name)
    yield ScalarBlock(name, step, value, time=time)


def _metric_name(path: Path) -> str:
    """The file's place below the folder `metrics`, else its name."""
    parents = [parent.name for parent in path.parents]
    depth = parents.index("metrics") if "metrics" in parents else 0
    return "/".join(path.parts[-depth - 1 :])


def _run_folder(folder: Path) -> Iterator[Record]:
    for path in _files(folder / "params"):
        yield from _fact(path.relative_to(folder / "params").as_posix(), _beginning(path).decode("utf-8", "replace"))
    name = re.search(
        r"^run_name:\s*(.+?)\s*$", _beginning(folder / "meta.yaml").decode("utf-8", "replace"), re.MULTILINE
    )
    if name is not None:
        yield from _fact("run_name", name[1].strip("'\""))
    for path in _files(folder / "metrics"):
        if path.stat().st_size:
            yield from _metric(path, path.relative_to(folder / "metrics").as_posix())


def _fact(name: str, text: str) -> Iterator[Fact]:
    if len(text) > _LONGEST_FACT:
        return
    try:
        number = float(text)
    except ValueError:
        yield Fact(name, {"True": True, "False": False}.get(text, text))
    else:
        yield Fact(name, int(text) if re.fullmatch(r"-?\d{1,18}", text) else number)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.rglob("*") if path.is_file())
    except OSError:
        return []


def _beginning(path: Path, size: int = 1 << 12) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


# The SQLite store


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _is_store(path: Path) -> bool:
    try:
        with closing(_open(path)) as store:
            return {"key", "value", "timestamp", "run_uuid"} <= _columns(store, "metrics")
    except sqlite3.Error:
        return False


def _columns(store: sqlite3.Connection, table: str) -> set[str]:
    return {row[0] for row in store.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _store(path: Path) -> Iterator[Record]:
    try:
        with closing(_open(path)) as store:
            yield from _runs(store)
    except sqlite3.Error as error:
        raise UnreadableError("damaged-database", {"error": str(error)}) from error


def _runs(store: sqlite3.Connection) -> Iterator[Record]:
    has = _columns(store, "metrics")
    runs = _columns(store, "runs")
    names: dict[str, str] = {}
    deleted: set[str] = set()
    by_start = ""
    if "run_uuid" in runs:
        if "start_time" in runs:
            by_start = "(SELECT start_time FROM runs WHERE runs.run_uuid = metrics.run_uuid), "
        name = "name" if "name" in runs else "NULL"
        stage = "lifecycle_stage" if "lifecycle_stage" in runs else "NULL"
        for run, called, life in store.execute(f"SELECT run_uuid, {name}, {stage} FROM runs"):  # noqa: S608 - constants
            names[run] = str(called or run)
            if life == "deleted":
                deleted.add(run)
    step = "step" if "step" in has else "NULL"
    is_nan = "is_nan" if "is_nan" in has else "0"
    rows = store.execute(
        f"SELECT run_uuid, key, value, timestamp, {step}, {is_nan} FROM metrics ORDER BY {by_start}run_uuid, rowid"  # noqa: S608
    )
    current: str | None = None
    points: dict[str, list[tuple[float | None, float, float | None]]] = {}
    passed_over: set[str] = set()
    while chunk := rows.fetchmany(_ROWS_AT_ONCE):
        for run, key, value, timestamp, at, nan in chunk:
            if run in deleted:
                passed_over.add(run)
                continue
            if run != current:
                yield from _run(store, current, names, points)
                current, points = run, {}
            number = float("nan") if nan or value is None else value
            points.setdefault(str(key), []).append((at, number, timestamp))
    yield from _run(store, current, names, points)
    if passed_over:
        yield Skipped("deleted-run", len(passed_over), names[min(passed_over)])


def _run(
    store: sqlite3.Connection,
    run: str | None,
    names: dict[str, str],
    points: dict[str, list[tuple[float | None, float, float | None]]],
) -> Iterator[Record]:
    if run is None:
        return
    called = names.get(run, run)
    if list(names.values()).count(called) > 1:
        called = f"{called} ({run[:8]})"
    yield Event("run-start", data={"name": called})
    if _columns(store, "params"):
        for key, value in store.execute("SELECT key, value FROM params WHERE run_uuid = ?", (run,)):
            yield from _fact(str(key), str(value))
    for key, rows in points.items():
        step, value, time = np.array(rows, dtype=np.float64).T
        value = np.where(np.abs(value) == _LARGEST, np.copysign(np.inf, value), value)
        yield from _curve(key, step, value, time / 1000)


READER = Reader("mlflow", sniff, read, claims)
