"""MLflow: a metric's file, a run's folder, or the SQLite store of a tracking server.

A metric's file has a line `timestamp value step` for each point (milliseconds since 1970; the oldest versions wrote no
step, newer ones may add the data set). A run's folder holds `metrics/`, `params/`, `tags/` and `meta.yaml`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ..evidence.records import Fact, Record, ScalarBlock, Skipped
from .base import Head, Reader, UnreadableError
from .mlflow_points import curve, fact
from .mlflow_store import MAGIC, is_store, read_store

_LINE = re.compile(rb"(\d{12,14}) (\S+)(?: (-?\d+)(?: .*)?)?\r?")
_OF_A_RUN = ("metrics", "params", "tags", "meta.yaml", "inputs", "outputs", "traces")
_LONGEST_LINE = 100  # bytes of a regular line
_MOST_BYTES = 1 << 29  # of one metric's file: ten million points


def sniff(head: Head) -> bool:
    """A metric's file by its lines, a store by its tables."""
    if head.data.startswith(MAGIC):
        return is_store(head.path)
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
    elif _beginning(path, len(MAGIC)) == MAGIC:
        records = read_store(path)
    else:
        records = _metric(path, _metric_name(path))
    yield Fact("format", "mlflow")
    found = False
    for record in records:
        found = found or isinstance(record, ScalarBlock)
        yield record
    if not found:
        raise UnreadableError("no-curve")


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
        yield from curve(name, step, value, time)
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


def _metric_name(path: Path) -> str:
    """The file's place below the folder `metrics`, else its name."""
    parents = [parent.name for parent in path.parents]
    depth = parents.index("metrics") if "metrics" in parents else 0
    return "/".join(path.parts[-depth - 1 :])


def _run_folder(folder: Path) -> Iterator[Record]:
    for path in _files(folder / "params"):
        yield from fact(path.relative_to(folder / "params").as_posix(), _beginning(path).decode("utf-8", "replace"))
    name = re.search(
        r"^run_name:\s*(.+?)\s*$", _beginning(folder / "meta.yaml").decode("utf-8", "replace"), re.MULTILINE
    )
    if name is not None:
        yield from fact("run_name", name[1].strip("'\""))
    for path in _files(folder / "metrics"):
        if path.stat().st_size:
            yield from _metric(path, path.relative_to(folder / "metrics").as_posix())


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


READER = Reader("mlflow", sniff, read, claims)
