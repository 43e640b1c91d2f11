"""The reader of printed logs: from lines to records, in one pass and in memory that grows with the values only."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...evidence.names import Kind, role_of
from ...evidence.records import Fact, Record, Skipped
from ..base import Head, Reader, UnreadableError
from .bars import Bars, State
from .grammar import NUMBER, Shape, Value, shape_of
from .lines import lines_of, states_of
from .series import Placed, Points, blocks, placed
from .settings import settings_of
from .tables import Table, is_rule, looks_like_row, open_table
from .words import CURVES, about_others, own_phase

_NAN = float("nan")
_CACHE_CHARACTERS = 1 << 24  # of line shapes kept at a time
_MAX_SERIES = 2_000  # names beyond that are data, not series
_FACT_LINES = 5_000  # in which settings are looked for
_FEW = 3
_MOSTLY = 0.9  # of two series' values equal: one of them, printed twice


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a printed log. Raises `UnreadableError("no-curve")` where nothing in it makes a curve."""
    log = PrintedLog()
    for line, number in lines_of(path):
        log.take(line, number)
    yield from log.records()


def sniff(head: Head) -> bool:
    """Whether some lines of a text carry a number under the name of a training series: at its beginning, or further on."""
    if head.text is None:
        return False
    return _has_series(head.text) or (head.size > len(head.data) and any(map(_has_series, _samples(head))))


READER = Reader(format="printed", sniff=sniff, read=read)


class PrintedLog:
    """A log being read, line by line: the counters last seen, the table and the bar that are open, the values so far."""

    def __init__(self) -> None:
        self.points: dict[tuple[str, str, str], Points] = {}
        self._bars = Bars()
        self._shapes: dict[str, Shape] = {}
        self._cached = 0
        self._epoch = self._step = self._total = _NAN
        self._epochs = _NAN  # planned
        self._phase: str | None = None  # of the heading above
        self._batch_phase: str | None = None  # of the batches just counted
        self._order = 0
        self._identities: dict[str, int] = {}
        self._uses: list[int] = []
        self._table: Table | None = None
        self._above: deque[str] = deque(maxlen=3)
        self._above_changed = False
        self._box: dict[tuple[str, str], tuple[float, Value]] = {}
        self._box_counts: dict[str, tuple[int, float]] = {}
        self._section = ""
        self._facts: dict[str, str | float | int | bool] = {}
        self._fact_lines = 0
        self._unread, self._first_unread = 0, 0
        self._too_many = 0
        self._retells, self._retold = False, 0

    def take(self, line: str, number: int) -> None:
        """Read the next line (or state of a redrawn line)."""
        self._order += 1
        parts = NUMBER.split(line)
        key = "\0".join(parts[0::2])
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._new_shape(key, parts, line)
        numbers = parts[1::2]
        if shape.row and self._take_row(line, shape):
            return
        current: Shape | None = shape
        while current is not None:
            self._take_shape(current, numbers, line, number)
            current = current.rest

    def _new_shape(self, key: str, parts: Sequence[str], line: str) -> Shape:
        self._cached += len(key) + 200
        if self._cached > _CACHE_CHARACTERS:
            self._shapes.clear()
            self._cached = 0
        shape = shape_of(parts)
        current: Shape | None = shape
        while current is not None:
            said = self._identities.setdefault(current.identity[:200], len(self._uses))
            if said == len(self._uses):
                self._uses.append(0)
            if len(self._identities) > 100_000:
                self._identities.clear()
            current.uses = said
            current = current.rest
        shape.row = not shape.values and shape.numbers > 0 and looks_like_row(line)
        if self._fact_lines < _FACT_LINES and not shape.values:
            self._fact_lines += 1
            for name, value in settings_of(line):
                self._facts.setdefault(name, value)
        self._shapes[key] = shape
        return shape

    def _take_shape(self, shape: Shape, numbers: Sequence[str], line: str, number: int) -> None:
        self._uses[shape.uses] += 1
        if shape.box and (shape.values or shape.step is not None or shape.epoch is not None):
            self._take_box(shape, numbers)
            return
        if shape.box and self._box:
            return
        if self._box and not is_rule(line):
            if shape.section:
                self._section = shape.section
                return
            self._close_box()
        if shape.section:
            self._section = shape.section
        epoch = self._epoch if shape.epoch is None else _float(numbers[shape.epoch])
        step = self._step if shape.step is None else _float(numbers[shape.step])
        total = _NAN if shape.steps is None else _float(numbers[shape.steps])
        if shape.epochs is not None:
            self._epochs = _float(numbers[shape.epochs])
        if shape.lead and total == self._epochs and shape.epoch is None:  # [3/40] counts epochs where 40 are planned
            epoch, step, total = step, _NAN, _NAN
            shape = shape.by_epoch()
        if shape.bar:
            self._take_bar(shape, numbers, epoch, step, total, line)
            return
        if shape.epoch is not None or shape.step is not None:
            self._advance(shape, epoch, step, total)
        if shape.heading is not None:
            self._phase, self._batch_phase = (None if shape.heading == "train" else shape.heading), None
        if shape.values and self._retells and shape.epoch is None:
            self._retells = False  # "best iteration is:" and then its line once more
            self._retold += 1
        elif shape.values:
            self._retells = False
            self._add_values(shape, numbers, epoch, step, total)
        else:
            self._remember(line)
        if shape.unread:
            self._unread += 1
            self._first_unread = self._first_unread or number

    def _remember(self, line: str) -> None:
        """A line that may name the columns of a table below it."""
        self._retells = line.rstrip().endswith(":") and about_others(line[:200])
        if len(line) < 400 and not is_rule(line):
            self._above.append(line)
            self._above_changed = True

    def _advance(self, shape: Shape, epoch: float, step: float, total: float) -> None:
        """A counter was printed; where it moved on, the heading above no longer holds."""
        moved = (shape.epoch is not None and epoch != self._epoch) or (shape.step is not None and not step < self._step)
        if moved and shape.leads is None:
            self._phase = self._batch_phase = None
        if shape.leads is not None:
            self._phase = None
            self._batch_phase = shape.leads if shape.step is not None and shape.values else None
        if shape.epoch is not None and shape.step is None and epoch != self._epoch:
            self._step = self._total = _NAN
        self._epoch = epoch
        if shape.step is not None:
            self._step, self._total = step, total

    def _add_values(self, shape: Shape, numbers: Sequence[str], epoch: float, step: float, total: float) -> None:
        level = "step" if shape.step is not None else "epoch" if shape.epoch is not None else "none"
        if shape.step is None:
            step = self._step
            total = self._total
        for value in shape.values:
            phase = value.phase or (value.inherits and (self._phase or self._batch_phase)) or ""
            slot, last = value.slot, False
            if value.mean is not None and (level != "step" or phase in ("val", "test")):
                slot, last = value.mean, level == "step"
            read = _value(value, slot, numbers)
            points = self._points(phase, value.name, value.kind, level)
            if points is not None:
                points.last_of_epoch = points.last_of_epoch or last
                points.add(read, epoch, step, total, self._order, shape.uses)

    def _points(self, phase: str, name: str, kind: Kind, level: str) -> Points | None:
        key = (phase, name, level)
        points = self.points.get(key)
        if points is None:
            if len(self.points) >= _MAX_SERIES:
                self._too_many += 1
                return None
            points = self.points[key] = Points(name, phase, kind, level)
        return points

    def _take_bar(
        self, shape: Shape, numbers: Sequence[str], epoch: float, step: float, total: float, line: str
    ) -> None:
        if shape.epoch is not None:
            self._advance_bar(epoch)
        if not shape.values:
            self._remember(line)
            return
        values = []
        for value in shape.values:
            phase = value.phase or (value.inherits and self._phase) or ""
            points = self._points(phase, value.name, value.kind, "bar")
            if points is not None:
                values.append((points, _value(value, value.slot, numbers)))
        counted_by_epoch = shape.epoch is not None and shape.step is None
        at = epoch if counted_by_epoch else step if shape.step is not None else _NAN
        owner: tuple[object, ...] = (total, epoch, shape.leads)
        if counted_by_epoch:  # a bar over epochs: each of its places is a record
            owner, total = ("epochs", epoch), _NAN
        self._bars.take(State(owner, at, values, epoch, total, self._order, shape.uses))

    def _advance_bar(self, epoch: float) -> None:
        if epoch != self._epoch:
            self._phase = self._batch_phase = None
            self._step = self._total = _NAN
        self._epoch = epoch

    def _take_row(self, line: str, shape: Shape) -> bool:
        """A row of bare numbers: values, if the lines above it name its columns."""
        if self._above_changed:
            self._table = open_table(line, list(self._above)) or self._table
            self._above_changed = False
        if self._table is None:
            return False
        row = self._table.row(line)
        if row is None:
            return False
        self._uses[shape.uses] += 1
        columns = self._table.columns
        counts = {columns[at].counts: value for at, value in row.items() if columns[at].counts}
        again = shape.bar and counts.get("epoch") == self._epoch
        if counts:
            self._phase = self._phase if counts.get("epoch", self._epoch) == self._epoch else None
            if "epoch" in counts and "step" not in counts and counts["epoch"] != self._epoch:
                self._step = self._total = _NAN
            self._epoch = counts.get("epoch", self._epoch)
            self._step = counts.get("step", self._step)
        level = "step" if "step" in counts else "epoch" if "epoch" in counts else "none"
        for at, value in row.items():
            if not columns[at].name:
                continue
            phase = ""
            if not own_phase(columns[at].name) and columns[at].kind in CURVES:
                phase = self._phase or ("val" if self._table.labelled else "")  # a table by class is an evaluation
            points = self._points(phase, columns[at].name, columns[at].kind, level)
            if points is None:
                continue
            if again and points.epoch and points.epoch[-1] == self._epoch:
                points.value[-1] = value
            else:
                points.add(value, self._epoch, self._step, _NAN, self._order, shape.uses)
        return True

    def _take_box(self, shape: Shape, numbers: Sequence[str]) -> None:
        """A row of a box: the box is one record, and its counter may come last."""
        for what, slot in (("epoch", shape.epoch), ("step", shape.step)):
            if slot is not None:
                if what in self._box_counts and self._box_counts[what][0] == shape.rank:
                    self._close_box()
                if what not in self._box_counts or shape.rank < self._box_counts[what][0]:
                    self._box_counts[what] = (shape.rank, _float(numbers[slot]))
        for value in shape.values:
            key = (self._section, value.name)
            if key in self._box:
                self._close_box(keep_section=True)
            self._box[key] = (_value(value, value.slot, numbers), value)

    def _close_box(self, *, keep_section: bool = False) -> None:
        box, counts = self._box, self._box_counts
        self._box, self._box_counts = {}, {}
        section = self._section
        self._section = section if keep_section else ""
        if "epoch" in counts:
            self._epoch = counts["epoch"][1]
        if "step" in counts:
            self._step, self._total = counts["step"][1], _NAN
        if not any(value.kind in CURVES for _, value in box.values()):
            return
        level = "step" if "step" in counts else "epoch" if "epoch" in counts else "none"
        for (part, name), (number, value) in box.items():
            named = name if own_phase(name) else f"{part}{name}"
            phase = value.phase or (value.inherits and self._phase) or ""
            points = self._points(phase, named, value.kind, level)
            if points is not None:
                points.add(number, self._epoch, self._step, _NAN, self._order, 0)

    def records(self) -> Iterator[Record]:
        """Everything that was read, once the log is at its end."""
        self._close_box()
        self._bars.flush()
        series, skipped = self._series()
        if not any(one.kind in CURVES and one.value.size >= 2 for one in series):
            raise UnreadableError("no-curve")
        if np.isfinite(self._epochs):
            self._facts.setdefault("epochs", int(self._epochs))
        for name, value in self._facts.items():
            yield Fact(name, value)
        yield from blocks(series)
        if self._unread:
            yield Skipped("unparsed-line", self._unread, f"line {self._first_unread}")
        if self._too_many:
            yield Skipped("too-many-columns", self._too_many)
        for reason, count in skipped.items():
            if count:
                yield Skipped(reason, count)

    def size_of(self, points: Points) -> int:
        """How many values were printed of a series, in all states of its bars."""
        return self._bars.passed(points) if points.level == "bar" else len(points.value)

    def _series(self) -> tuple[list[Placed], dict[str, int]]:
        skipped = {"progress-bar-state": 0, "said-once": self._retold}
        found: list[Placed] = []
        longest = max((len(p.value) for p in self.points.values() if p.kind in CURVES), default=0)
        counted = any(
            p.level in ("step", "epoch", "bar") and p.kind in CURVES and len(p.value) >= _FEW
            for p in self.points.values()
        )
        rates = any(
            p.kind is Kind.LEARNING_RATE and p.level in ("step", "epoch") and len(p.value) >= _FEW
            for p in self.points.values()
        )
        rivals = {(p.phase, p.name): len(p.value) for p in self.points.values() if p.level in ("step", "epoch")}
        for points in self.points.values():
            if rates and points.kind is Kind.LEARNING_RATE and points.level == "none":
                skipped["said-once"] += len(points.value)  # a setting, printed with the configuration
                continue
            if points.last_of_epoch and any(
                p.level in ("none", "epoch")
                and p.name == points.name
                and p.phase == points.phase
                and len(p.value) >= _FEW - 1
                for p in self.points.values()
            ):
                skipped["progress-bar-state"] += len(points.value)  # the mean so far, where the mean itself is printed
                continue
            if points.level == "bar" and len(points.value) < min(_FEW, rivals.get((points.phase, points.name), 0)):
                skipped["progress-bar-state"] += self._bars.passed(points)
                continue
            if points.level == "bar":
                curve, passed = self._bars.curve(points)
                skipped["progress-bar-state"] += passed
            else:
                curve = placed(points, self._repeated(points))
                skipped["said-once"] += len(points.value) - curve.value.size if not points.last_of_epoch else 0
            if not curve.value.size:
                continue
            if curve.value.size == 1 and longest >= _FEW:
                skipped["said-once"] += 1
                continue
            if curve.kind is Kind.OTHER and (
                curve.value.size < max(_FEW, longest // 20) or np.all(curve.value == curve.value[0])
            ):
                continue
            if curve.axis == "row" and (
                curve.value.size < _FEW or (points.level == "none" and counted and _stands_still(points))
            ):
                skipped["said-once"] += curve.value.size
                continue
            found.append(curve)
        return _distinct(found), skipped

    def _repeated(self, points: Points) -> "np.ndarray | None":
        """Values of a line that is said once, among many of a line that is repeated, are about the whole."""
        if points.level != "none" or len(points.value) < _FEW + 1:
            return None
        uses = np.array([self._uses[said] if said < len(self._uses) else 2 for said in points.said])
        return None if (uses < 2).mean() > 0.5 else uses >= 2


def _stands_still(points: Points) -> bool:
    """All of it was said at one place of the training: a final report, a setting."""
    epochs, steps = np.array(points.epoch), np.array(points.step)
    return bool(np.all((epochs == epochs[0]) | np.isnan(epochs)) and np.all((steps == steps[0]) | np.isnan(steps)))


def _distinct(series: Sequence[Placed]) -> list[Placed]:
    """One name for one series of an axis: what the log says both a step and an epoch is told apart."""
    kept: list[Placed] = []
    taken: set[tuple[str, str]] = set()
    said = {(one.raw, one.axis) for one in series}
    for one in sorted(series, key=lambda one: -one.value.size):
        if any(_same(one, other) for other in kept):
            continue
        if one.axis == "epoch" and (one.raw, "step") in said:
            one.raw = f"{one.raw} (epoch)"
        number = 2
        name = one.raw
        while (one.raw, one.axis) in taken:
            one.raw = f"{name} ({number})"
            number += 1
        taken.add((one.raw, one.axis))
        kept.append(one)
    return kept


def _same(one: Placed, other: Placed) -> bool:
    return (
        one.axis == other.axis
        and one.value.size == other.value.size
        and role_of(one.raw)[0] == role_of(other.raw)[0]
        and np.array_equal(one.step, other.step)
        and bool(np.isclose(one.value, other.value, rtol=1e-3, equal_nan=True).mean() >= _MOSTLY)
    )


def _value(value: Value, slot: int, numbers: Sequence[str]) -> float:
    if value.percent is not None:
        return _float(numbers[value.percent])
    number = _float(numbers[slot])
    if value.total is not None and (total := _float(numbers[value.total])) > 0:
        return number / total
    return number


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float(text.replace(",", ""))


def _has_series(text: str) -> bool:
    """Whether a piece of text says at least two values of a curve, or one under a counter."""
    log = PrintedLog()
    found = 0
    for number, line in enumerate(text.split("\n")):
        for state, _ in states_of(line, number):
            log.take(state, number)
    log._close_box()  # noqa: SLF001
    log._bars.flush()  # noqa: SLF001
    for points in log.points.values():
        if points.kind in CURVES:
            found += log.size_of(points)
    return found >= 2


def _samples(head: Head) -> Iterator[str]:
    """Pieces of 64 KiB from the middle and the end of a file."""
    with head.path.open("rb") as file:
        for share in (0.25, 0.5, 0.75, 1.0):
            file.seek(max(0, int(head.size * share) - (1 << 16)))
            yield file.read(1 << 16).decode("utf-8", "replace")
