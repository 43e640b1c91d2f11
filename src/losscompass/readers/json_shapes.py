"""Where the curves are in a JSON document: lists of rows, dicts of lists, dicts keyed by step, nested as they come."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..evidence.records import Event, Fact, Record, Skipped
from .catboost_json import is_catboost, records_of_catboost
from .cell import ABSENT
from .hf_state import is_trainer_state, records_of_trainer_state
from .nulls import absences, with_nan
from .positions import is_position_name
from .table import MAX_COLUMNS, records_from_columns, records_from_rows

_DEPTH = 12
_WRAPPERS = frozenset(
    ("history", "log", "logs", "metrics", "results", "result", "data", "records", "scalars", "curves")
)
_COUNTED = re.compile(r"\s*(?P<word>[^\W\d]*)[\s_-]*(?P<number>\d+)\s*")


def records_from_document(document: object) -> Iterator[Record]:
    """Yield the records of whatever curves `document` holds, none if it holds none."""
    if isinstance(document, Mapping) and is_trainer_state(document):
        yield from records_of_trainer_state(document)
    elif isinstance(document, Mapping) and is_catboost(document):
        yield from records_of_catboost(document)
    else:
        found = _Found()
        found.visit(document, "", 0)
        yield from found.records()


@dataclass
class _Found:
    facts: dict[str, str | float | int | bool] = field(default_factory=dict)
    columns: dict[str, np.ndarray] = field(default_factory=dict)  # bare lists of numbers
    placed: list[tuple[str, np.ndarray, np.ndarray]] = field(default_factory=list)  # name, positions, values
    tables: list[tuple[str, list[Mapping[str, object]]]] = field(default_factory=list)
    runs: list[tuple[str, object]] = field(default_factory=list)  # whole histories in a list: folds, restarts
    ignored: int = 0
    first_ignored: str = ""
    nulls: int = 0  # that stand for NaN
    first_null: str = ""

    def visit(self, node: object, path: str, depth: int) -> None:
        path = "" if path.casefold() in _WRAPPERS else path
        if depth > _DEPTH:
            self._ignore(path)
        elif isinstance(node, Mapping):
            self._visit_dict(node, path, depth)
        elif isinstance(node, list):
            self._visit_list(node, path, depth)
        elif isinstance(node, (str, int, float, bool)) and path and len(self.facts) < 200:
            self.facts[path] = node if not isinstance(node, str) else node[:200]

    def _visit_dict(self, node: Mapping[str, object], path: str, depth: int) -> None:
        counted = _counted_keys(node)
        if counted is not None:
            word, numbers = counted
            values = list(node.values())
            if all(_is_number(value) for value in values):
                order = np.argsort(numbers, kind="stable")
                self.placed.append((path, np.array(numbers, float)[order], self._column(path, _floats(values)[order])))
                return
            if all(isinstance(value, Mapping) for value in values) and not any(_holds_lists(value) for value in values):
                key = word if is_position_name(word) else "step"
                ordered = sorted(zip(numbers, values, strict=True), key=lambda pair: pair[0])
                rows: list[Mapping[str, object]] = [
                    {key: number, **value} for number, value in ordered if isinstance(value, Mapping)
                ]
                self.tables.append((path, rows))
                return
        for key, value in node.items():
            self.visit(value, f"{path}/{key}" if path else str(key), depth + 1)

    def _visit_list(self, node: list[object], path: str, depth: int) -> None:
        if not node:
            return
        if all(_is_number(item) for item in node):
            if len(self.columns) < MAX_COLUMNS:
                self.columns[path] = self._column(path, _floats(node))
            return
        dicts = [item for item in node if isinstance(item, Mapping)]
        if len(dicts) >= 0.8 * len(node):
            if any(is_history(item) for item in dicts):
                self.runs += [(f"{path}/{index}" if path else str(index), item) for index, item in enumerate(dicts)]
            else:
                self.tables.append((path, dicts))
            return
        lists = [item for item in node if isinstance(item, list)]
        if len(lists) == len(node):
            self._visit_rows(lists, path, depth)
            return
        if all(isinstance(item, str) for item in node) or depth == 0:
            self._ignore(path)
            return
        self._ignore(path)

    def _visit_rows(self, rows: list[list[object]], path: str, depth: int) -> None:
        """A list of lists: rows under a header, (step, value) pairs, (time, step, value) triples, or one curve each."""
        width = len(rows[0])
        same = all(len(row) == width for row in rows)
        if same and width >= 2 and all(isinstance(cell, str) for cell in rows[0]):
            names = [str(cell) for cell in rows[0]]
            self.tables.append((path, [dict(zip(names, row, strict=True)) for row in rows[1:]]))
            return
        if same and len(rows) >= 2 and width in (2, 3) and all(_is_number(cell) for row in rows for cell in row):
            table = np.array([_floats(row) for row in rows])
            if bool(np.all(np.diff(table[:, -2]) >= 0)) and bool(np.any(np.diff(table[:, -2]) > 0)):
                self.placed.append((path, table[:, -2], self._column(path, table[:, -1])))
                return
        for index, row in enumerate(rows[:MAX_COLUMNS]):
            self.visit(row, f"{path}/{index}" if path else str(index), depth + 1)

    def _column(self, path: str, column: np.ndarray) -> np.ndarray:
        column, nulls = with_nan(column)
        self.nulls += nulls
        self.first_null = self.first_null or (path if nulls else "")
        return column

    def _ignore(self, path: str) -> None:
        self.ignored += 1
        self.first_ignored = self.first_ignored or path

    def records(self) -> Iterator[Record]:
        for name, value in self.facts.items():
            yield Fact(name, value)
        yield from _from_lists(self.columns)
        for name, positions, values in self.placed:
            table = {"step": positions, name or "value": values}
            yield from records_from_columns(table, absent=absences(table))
        if self.tables:
            yield from self._from_tables()
        for name, history in self.runs:
            yield Event("run-start", data={"name": name})
            yield from records_from_document(history)
        if self.ignored:
            yield Skipped("not-a-number", self.ignored, self.first_ignored)
        if self.nulls:
            yield Skipped("null-read-as-nan", self.nulls, self.first_null)

    def _from_tables(self) -> Iterator[Record]:
        """The tables of one document are one run (train rows and validation rows): their paths tell their series apart."""
        paths = [path.split("/") for path, _ in self.tables]
        alone = len(paths) == 1 and not self.columns and not self.placed
        shared = len(paths[0]) if alone else _shared(paths)
        for parts, (_, rows) in zip(paths, self.tables, strict=True):
            prefix = "/".join(parts[shared:])
            yield from records_from_rows(_prefixed(row, prefix) if prefix else row for row in rows)


def _shared(paths: Sequence[Sequence[str]]) -> int:
    """How many parts all the paths begin with, if there are several paths."""
    count = 0
    while len(paths) > 1 and all(len(path) > count + 1 and path[count] == paths[0][count] for path in paths):
        count += 1
    return count


def _prefixed(row: Mapping[str, object], prefix: str) -> dict[str, object]:
    return {(key if is_position_name(str(key)) else f"{prefix}/{key}"): value for key, value in row.items()}


def _from_lists(columns: Mapping[str, np.ndarray]) -> Iterator[Record]:
    """Bare lists: those of one length are one table; a shorter one that divides the longest was taken every k rows."""
    sizes = sorted({column.size for column in columns.values()}, reverse=True)
    for size in sizes:
        table = {name: column for name, column in columns.items() if column.size == size}
        if size == 1 and len(sizes) > 1:
            for name, column in table.items():
                yield Fact(name, float(column[0]))
            continue
        longest = sizes[0]
        if size < longest and longest % size == 0 and not any(map(is_position_name, table)):
            every = longest // size
            names = [name for name in columns if is_position_name(name) and columns[name].size == longest]
            axis = columns[names[0]][every - 1 :: every] if names else np.arange(1, size + 1) * float(every) - 1.0
            key = names[0] if names else "index"
            table = {key: axis, **table}
        yield from records_from_columns(table, absent=absences(table))


def is_history(item: Mapping[str, object]) -> bool:
    """A dict of curves, not a row: it holds lists of numbers."""
    lists = [value for value in item.values() if isinstance(value, list) and len(value) > 1]
    numbers = sum(_is_number(value) for value in item.values())
    if any(isinstance(value, Mapping) and is_history(value) for value in item.values()):
        return numbers == 0 or not any(is_position_name(str(key)) for key in item)
    return len(lists) > numbers and all(all(_is_number(cell) for cell in value) for value in lists)


def _holds_lists(item: object) -> bool:
    return isinstance(item, Mapping) and any(isinstance(value, list) and len(value) > 1 for value in item.values())


def _counted_keys(node: Mapping[str, object]) -> tuple[str, list[int]] | None:
    """Keys that count (`"1"`, `"2"`; `epoch_1`, `epoch_2`), with the word before the number."""
    if len(node) < 2:
        return None
    words, numbers = set(), []
    for key in node:
        match = _COUNTED.fullmatch(str(key))
        if match is None or len(match["number"]) > 15:
            return None
        words.add(match["word"])
        numbers.append(int(match["number"]))
    word = words.pop()
    if words or len(set(numbers)) < len(numbers) or (word and not is_position_name(word)):
        return None
    return word, numbers


def _is_number(value: object) -> bool:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return True
    return isinstance(value, str) and len(value) < 40 and _NUMBER.fullmatch(value.strip()) is not None


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf|infinity)", re.IGNORECASE)


def _floats(values: Sequence[object]) -> np.ndarray:
    """Numbers (and null: `ABSENT`, no number there) as an array."""
    out = np.empty(len(values))
    for index, value in enumerate(values):
        try:
            out[index] = ABSENT if value is None else float(value)  # type: ignore[arg-type]
        except OverflowError:
            out[index] = np.inf
    return out
