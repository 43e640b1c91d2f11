"""Boxes of one name and one number a row: the whole box is one record, and its counter may come last."""

from collections.abc import Sequence

from .numbers import value_of
from .shape import Shape, Value
from .words import CURVES, own_phase


class Box:
    """The rows of a box that is being printed."""

    def __init__(self) -> None:
        self.section = ""  # of the rows that follow: "rollout/"
        self._rows: dict[tuple[str, str], tuple[float, Value]] = {}
        self._counts: dict[str, tuple[int, float]] = {}  # rank and place, by "epoch" and "step"
        self.rounds = False  # a step was printed with a few digits only

    def __bool__(self) -> bool:
        return bool(self._rows or self._counts)

    def repeats(self, shape: Shape) -> bool:
        """Whether a row stands in the box already: it belongs to the next one."""
        counted = shape.step is not None and self._counts.get("step", (-1, 0.0))[0] == shape.rank
        return counted or any((self.section, value.name) in self._rows for value in shape.values)

    def add(self, shape: Shape, numbers: Sequence[str]) -> None:
        """One more row. Of several counters the one that counts most of the run holds."""
        for what, slot in (("epoch", shape.epoch), ("step", shape.step)):
            if slot is not None and (what not in self._counts or shape.rank < self._counts[what][0]):
                self._counts[what] = (shape.rank, value_of(numbers[slot]))
                self.rounds = self.rounds or "e+" in numbers[slot]
        for value in shape.values:
            self._rows[self.section, value.name] = (value_of(numbers[value.slot]), value)

    def close(self) -> tuple[dict[str, float], list[tuple[str, float, Value]]]:
        """The counters of the box and its values by name, if one of them is of a curve; the box is empty afterwards."""
        rows, counts = self._rows, self._counts
        self._rows, self._counts = {}, {}
        places = {what: place for what, (_, place) in counts.items()}
        if not any(value.kind in CURVES for _, value in rows.values()):
            return places, []
        return places, [
            (name if own_phase(name) else f"{section}{name}", number, value)
            for (section, name), (number, value) in rows.items()
        ]
