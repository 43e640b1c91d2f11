"""A printed log while it is read: the counters last seen, the heading, the table and the bar that are open, the values.

Memory grows with the values (16 bytes each, and 40 a line that has some), never with the text.
"""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from ...evidence.names import Kind
from ...evidence.records import Fact, Record, Skipped
from ..base import UnreadableError
from .bars import Bars, State
from .boxes import Box
from .choose import choose
from .grammar import shape_of
from .numbers import read_value, value_of
from .series import Moments, Points, blocks
from .settings import settings_of
from .shape import NUMBER, Shape
from .tables import Table, is_rule, looks_like_row, open_table
from .words import CURVES, about_others, may_matter, own_phase

_NAN = float("nan")
_CACHE_CHARACTERS = 1 << 24  # of line shapes kept at a time
_MAX_SERIES = 2_000  # names beyond that are data, not series
_MAX_WORDINGS = 100_000
_FACT_LINES = 5_000  # in which settings are looked for


_BOXES = ("|", "│", "┃", "║")
_INERT = Shape()  # a line without any word of training; counted as the first wording


class PrintedLog:
    """Takes the lines of a log in their order; `records` says at the end what was in them."""

    def __init__(self) -> None:
        self._points: dict[tuple[str, str, str], Points] = {}
        self._moments = Moments()
        self._bars = Bars(self._moments)
        self._box = Box()
        self._shapes: dict[str, Shape] = {}
        self._cached = 0
        self._epoch = self._step = self._total = _NAN  # last seen
        self._epochs = _NAN  # planned
        self._phase: str | None = None  # of the heading above
        self._batch_phase: str | None = None  # of the batches just counted
        self._order = 0
        self._wordings: dict[str, int] = {}
        self._uses: list[int] = [0]  # of every wording
        self._table: Table | None = None
        self._above: deque[str] = deque(maxlen=3)
        self._above_changed = False
        self._retells = False  # the line above announces what stood in the log before
        self._facts: dict[str, str | float | int | bool] = {}
        self._fact_lines = 0
        self._first_unread = 0
        self._skipped = {"unparsed-line": 0, "said-once": 0, "too-many-columns": 0}

    def take(self, line: str, number: int) -> None:
        """Read the next line (or state of a redrawn line); `number`: of the line in the file."""
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
            self._uses[current.said] += 1
            if current.plain and not self._box and not self._retells:
                self._take_record(current, numbers)
            else:
                self._take_shape(current, numbers, line, number)
            current = current.rest

    def _new_shape(self, key: str, parts: Sequence[str], line: str) -> Shape:
        boxed = line.lstrip()[:1] in _BOXES
        if not boxed and not may_matter(line) and (len(parts) < 5 or not looks_like_row(line)):
            return _INERT
        self._cached += len(key) + 200
        if self._cached > _CACHE_CHARACTERS:
            self._shapes.clear()
            self._cached = 0
        if len(self._wordings) > _MAX_WORDINGS:
            self._wordings.clear()
        shape = shape_of(parts)
        current: Shape | None = shape
        while current is not None:
            current.said = self._wordings.setdefault(current.identity[:200], len(self._uses))
            if current.said == len(self._uses):
                self._uses.append(0)
            current = current.rest
        shape.row = not shape.values and shape.numbers > 0 and looks_like_row(line)
        if self._fact_lines < _FACT_LINES and not shape.values:
            self._fact_lines += 1
            for name, value in settings_of(line):
                self._facts.setdefault(name, value)
        self._shapes[key] = shape
        return shape

    def _take_shape(self, shape: Shape, numbers: Sequence[str], line: str, number: int) -> None:
        """A line of any kind."""
        if shape.section:
            self._box.section = shape.section
            return
        if shape.box and (self._box or shape.values or shape.step is not None):
            if self._box.repeats(shape):
                self._close_box()
            self._box.add(shape, numbers)
            return
        if self._box and not is_rule(line):
            self._close_box()
            self._box.section = ""
        if shape.bar:
            self._take_bar(shape, numbers, line)
        elif shape.values and self._retells and shape.epoch is None:
            self._retells = False  # "best iteration is:", and then its line once more
            self._skipped["said-once"] += len(shape.values)
        elif shape.values:
            self._retells = False
            self._take_record(shape, numbers)
        else:
            if shape.epoch is not None or shape.step is not None:
                self._advance(shape, numbers)
            if shape.heading is not None:
                self._phase, self._batch_phase = (None if shape.heading == "train" else shape.heading), None
            self._remember(line)
            if shape.unread:
                self._skipped["unparsed-line"] += 1
                self._first_unread = self._first_unread or number

    def _take_record(self, shape: Shape, numbers: Sequence[str]) -> None:
        """A line with values."""
        if shape.lead and shape.steps is not None and value_of(numbers[shape.steps]) == self._epochs:
            shape = shape.by_epoch()  # [3/40] counts epochs where 40 are planned
        if shape.epoch is not None or shape.step is not None:
            self._advance(shape, numbers)
        moment = self._moments.add((self._epoch, self._step, self._total), self._order, shape.said)
        heading = self._phase or self._batch_phase
        if heading is None and shape.targets is not None:
            for slot, target in shape.targets:
                target.value.append(value_of(numbers[slot]))
                target.moment.append(moment)
            return
        simple = True
        targets = []
        for value in shape.values:
            phase = value.phase or (value.inherits and heading) or ""
            points = self._series(phase, value.name, value.kind, shape.level)
            if points is None:
                continue
            if value.mean is not None and (shape.level != "step" or phase in ("val", "test")):
                points.last_of_epoch = points.last_of_epoch or shape.level == "step"
                points.add(value_of(numbers[value.mean]), moment)
                simple = False
            else:
                points.add(read_value(value, numbers), moment)
                simple = simple and value.percent is None and value.total is None
                targets.append((value.slot, points))
        if heading is None and simple:
            shape.targets = tuple(targets)

    def _series(self, phase: str, name: str, kind: Kind, level: str) -> Points | None:
        key = (phase, name, level)
        points = self._points.get(key)
        if points is None:
            if len(self._points) >= _MAX_SERIES:
                self._skipped["too-many-columns"] += 1
                return None
            points = self._points[key] = Points(name, phase, kind, level)
        return points

    def _advance(self, shape: Shape, numbers: Sequence[str]) -> None:
        """A counter was printed; where it moved on, the heading above no longer holds."""
        epoch = self._epoch if shape.epoch is None else value_of(numbers[shape.epoch])
        step = self._step if shape.step is None else value_of(numbers[shape.step])
        moved = (shape.epoch is not None and epoch != self._epoch) or (shape.step is not None and not step < self._step)
        if shape.leads is not None:
            self._phase = None
            self._batch_phase = shape.leads if shape.step is not None and shape.values else None
        elif moved:
            self._phase = self._batch_phase = None
        if shape.epochs is not None:
            self._epochs = value_of(numbers[shape.epochs])
        if shape.step is not None:
            self._step = step
            self._total = _NAN if shape.steps is None else value_of(numbers[shape.steps])
        elif epoch != self._epoch:
            self._step = self._total = _NAN
        self._epoch = epoch

    def _remember(self, line: str) -> None:
        """A line that may name the columns of a table below it, or announce a repetition."""
        self._retells = line.rstrip().endswith(":") and about_others(line[:200])
        if len(line) < 400 and not is_rule(line):
            self._above.append(line)
            self._above_changed = True

    def _take_bar(self, shape: Shape, numbers: Sequence[str], line: str) -> None:
        """A progress bar. Where it counts batches, it does not count the run."""
        over_epochs = shape.epoch is not None and shape.epochs is not None and shape.step is None
        if shape.epoch is not None:
            epoch = value_of(numbers[shape.epoch])
            if epoch != self._epoch:
                self._phase = self._batch_phase = None
                self._step = self._total = _NAN
            self._epoch = epoch
        if not shape.values:
            self._remember(line)
            return
        values = []
        for value in shape.values:
            phase = value.phase or (value.inherits and self._phase) or ""
            points = self._series(phase, value.name, value.kind, "bar")
            if points is not None:
                values.append((points, read_value(value, numbers)))
        at = _NAN if shape.step is None else value_of(numbers[shape.step])
        total = _NAN if shape.steps is None else value_of(numbers[shape.steps])
        owner: tuple[object, ...] = (total, self._epoch, shape.leads)
        if over_epochs:  # each of its places is a record
            owner, at = ("epochs", self._epoch), self._epoch
        moment = self._moments.add((self._epoch, at, total), self._order, shape.said)
        self._bars.take(State(owner, at, total, values, moment))

    def _take_row(self, line: str, shape: Shape) -> bool:
        """A row of bare numbers: values, if the lines above it name its columns."""
        if self._above_changed:
            self._table = open_table(line, list(self._above)) or self._table
            self._above_changed = False
        row = None if self._table is None else self._table.row(line)
        if row is None:
            return False
        assert self._table is not None
        self._uses[shape.said] += 1
        columns = self._table.columns
        counts = {columns[at].counts: value for at, value in row.items() if columns[at].counts}
        redrawn = shape.bar and counts.get("epoch") == self._epoch
        if counts.get("epoch", self._epoch) != self._epoch:
            self._phase = None
            self._step = self._total = _NAN
        self._epoch = counts.get("epoch", self._epoch)
        self._step = counts.get("step", self._step)
        level = "step" if "step" in counts else "epoch" if "epoch" in counts else "none"
        moment = self._moments.add((self._epoch, self._step, _NAN), self._order, shape.said)
        for at, value in row.items():
            column = columns[at]
            if not column.name:
                continue
            phase = ""
            if not own_phase(column.name) and column.kind in CURVES:
                phase = self._phase or ("val" if self._table.labelled else "")  # a table by class is an evaluation
            points = self._series(phase, column.name, column.kind, level)
            if points is None:
                continue
            if redrawn and len(points) and self._moments.epoch[points.moment[-1]] == self._epoch:
                points.value[-1] = value
            else:
                points.add(value, moment)
        return True

    def _close_box(self) -> None:
        counts, rows = self._box.close()
        self._moments.rounds_steps = self._moments.rounds_steps or self._box.rounds
        self._epoch = counts.get("epoch", self._epoch)
        if "step" in counts:
            self._step, self._total = counts["step"], _NAN
        level = "step" if "step" in counts else "epoch" if "epoch" in counts else "none"
        moment = self._moments.add((self._epoch, self._step, self._total), self._order, -1) if rows else 0
        for name, number, value in rows:
            phase = value.phase or (value.inherits and self._phase) or ""
            points = self._series(phase, name, value.kind, level)
            if points is not None:
                points.add(number, moment)

    def curve_values(self) -> int:
        """How many values of curves were seen so far, in all states of bars."""
        self._close_box()
        self._bars.flush()
        return sum(self._bars.passed(points) for points in self._points.values() if points.kind in CURVES)

    def records(self) -> Iterator[Record]:
        """Everything that was read, once the log is at its end. Raises `UnreadableError` if nothing makes a curve."""
        self._close_box()
        self._bars.flush()
        series, skipped = choose(list(self._points.values()), self._bars, self._moments, self._uses)
        if not any(one.kind in CURVES and one.value.size >= (2 if one.axis != "row" else 3) for one in series):
            raise UnreadableError("no-curve")
        if np.isfinite(self._epochs):
            self._facts.setdefault("epochs", int(self._epochs))
        for name, value in self._facts.items():
            yield Fact(name, value)
        yield from blocks(series)
        skipped["said-once"] += self._skipped.pop("said-once")
        for reason, count in (*self._skipped.items(), *skipped.items()):
            if count:
                where = f"line {self._first_unread}" if reason == "unparsed-line" else ""
                yield Skipped(reason, count, where)
