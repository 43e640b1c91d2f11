"""MLflow's SQLite store: the runs of a tracking server, in the order in which they began. The file is only looked at."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..evidence.records import Event, Record, Skipped
from .base import UnreadableError
from .mlflow_points import curve, fact

MAGIC = b"SQLite format 3\0"
_LARGEST = np.finfo(np.float64).max  # stands for infinity in the store, which cannot keep it
_ROWS_AT_ONCE = 10_000
# A damaged file may hold anything, even names that are not UTF-8: sqlite3 then fails in its own error messages.
_ERRORS = (sqlite3.Error, UnicodeDecodeError, OverflowError)


def is_store(path: Path) -> bool:
    """Whether a SQLite file has MLflow's tables."""
    try:
        with closing(_open(path)) as store:
            return {"key", "value", "timestamp", "run_uuid"} <= _columns(store, "metrics")
    except _ERRORS:
        return False


def read_store(path: Path) -> Iterator[Record]:
    """The records of all runs that are not deleted."""
    state = _State()
    try:
        with closing(_open(path)) as store:
            _look_up_runs(store, state)
            yield from _runs(store, state)
    except _ERRORS as error:
        if not state.begun:
            raise UnreadableError("damaged-database", {"error": str(error)}) from error
        yield from _points(state)
        yield Skipped("damaged-row", 1, f"run {state.names.get(state.run, state.run)}")
    if state.deleted_seen:
        yield Skipped("deleted-run", len(state.deleted_seen), state.names[min(state.deleted_seen)])
    if state.wrong:
        yield Skipped("damaged-row", state.wrong)


@dataclass(slots=True)
class _State:
    names: dict[str, str] = field(default_factory=dict)  # run → how it is called
    deleted: set[str] = field(default_factory=set)
    deleted_seen: set[str] = field(default_factory=set)
    begun: bool = False
    run: str = ""
    points: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)  # (step, value, milliseconds)
    wrong: int = 0


def _open(path: Path) -> sqlite3.Connection:
    store = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    store.text_factory = lambda text: text.decode("utf-8", "replace")
    store.execute("PRAGMA trusted_schema = OFF")
    return store


def _columns(store: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a table; none if there is no such table, or something else goes by its name."""
    if not store.execute("SELECT 1 FROM sqlite_master WHERE name = ? AND type = 'table'", (table,)).fetchone():
        return set()
    return {str(row[0]) for row in store.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _look_up_runs(store: sqlite3.Connection, state: _State) -> None:
    has = _columns(store, "runs")
    if "run_uuid" not in has:
        return
    name = "name" if "name" in has else "NULL"
    stage = "lifecycle_stage" if "lifecycle_stage" in has else "NULL"
    called: dict[str, list[str]] = {}
    for run, given, life in store.execute(f"SELECT run_uuid, {name}, {stage} FROM runs"):  # noqa: S608 - constants
        called.setdefault(str(given or run), []).append(str(run))
        if life == "deleted":
            state.deleted.add(str(run))
    for given, runs in called.items():
        for run in runs:
            state.names[run] = given if len(runs) == 1 else f"{given} ({run[:8]})"


def _runs(store: sqlite3.Connection, state: _State) -> Iterator[Record]:
    has = _columns(store, "metrics")
    step = "step" if "step" in has else "NULL"
    is_nan = "is_nan" if "is_nan" in has else "0"
    began = ""
    if {"run_uuid", "start_time"} <= _columns(store, "runs"):
        began = "(SELECT start_time FROM runs WHERE runs.run_uuid = metrics.run_uuid), "
    rows = store.execute(
        f"SELECT run_uuid, key, value, timestamp, {step}, {is_nan} FROM metrics ORDER BY {began}run_uuid, rowid"  # noqa: S608
    )
    params = _columns(store, "params") >= {"key", "value", "run_uuid"}
    for run, key, value, time, at, nan in _fetched(rows.fetchmany):
        if run in state.deleted:
            state.deleted_seen.add(run)
            continue
        if not state.begun or run != state.run:
            yield from _points(state)
            state.begun, state.run = True, run
            yield Event("run-start", data={"name": state.names.get(run, str(run))})
            if params:
                for name, text in store.execute("SELECT key, value FROM params WHERE run_uuid = ?", (run,)):
                    yield from fact(str(name), str(text))
        try:
            number = float("nan") if nan or value is None else float(value)
            point = (float("nan") if at is None else float(at), number, float("nan") if time is None else float(time))
        except (TypeError, ValueError):
            state.wrong += 1
            continue
        state.points.setdefault(str(key), []).append(point)
    yield from _points(state)


def _fetched(fetchmany: Callable[[int], list[tuple]]) -> Iterator[tuple]:  # type: ignore[type-arg]
    while chunk := fetchmany(_ROWS_AT_ONCE):
        yield from chunk


def _points(state: _State) -> Iterator[Record]:
    """The curves of the run that was being read."""
    for key, rows in state.points.items():
        step, value, time = np.array(rows).T
        value = np.where(np.abs(value) == _LARGEST, np.copysign(np.inf, value), value)
        yield from curve(key, step, value, time / 1000)
    state.points = {}
