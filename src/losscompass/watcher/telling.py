"""What is told, and only once where once is enough: the one way from the watcher's parts into the journal."""

from typing import Any, Protocol

from .loop import Loop
from .places import Place, Places, Spot


class Row(Protocol):
    """Writes one row of numbers."""

    def __call__(self, step: float, /, *values: float) -> None: ...


class Recorder(Protocol):
    """Where a session writes: `evidence.recorder.Recorder`."""

    def layout(self, names: tuple[str, ...]) -> Row: ...
    def event(self, name: str, step: float | None, data: dict[str, Any], places: dict[str, Place]) -> None: ...
    def fact(self, name: str, value: str | float | bool) -> None: ...
    def tensor(self, tensor: str, kind: str, step: float, stats: dict[str, float]) -> None: ...


class Telling:
    """Events, facts, rows and statistics, at the position of the loop."""

    def __init__(self, recorder: Recorder, places: Places, loop: Loop) -> None:
        self._recorder = recorder
        self._places = places
        self._loop = loop
        self._rows: dict[tuple[str, ...], Row] = {}
        self._facts: dict[str, Any] = {}
        self._times: dict[str, int] = {}
        self._nonfinite: set[str] = set()
        self.last_loss = float("nan")  # the last that was a number

    def event(self, name: str, data: dict[str, Any], **spots: Spot | None) -> None:
        """Something that happened; "_" in the name of a place stands for "-"."""
        places = {
            key.replace("_", "-"): place
            for key, spot in spots.items()
            if (place := self._places.place(spot)) is not None
        }
        self._recorder.event(name, self._loop.position, data, places)

    def fact(self, name: str, value: str | float | bool) -> None:
        """Something that holds for the run; told again only where it has changed."""
        if self._facts.get(name) != value:
            self._facts[name] = value
            self._recorder.fact(name, value)

    def layout(self, names: tuple[str, ...]) -> Row:
        """Writes rows of these names."""
        row = self._rows.get(names)
        if row is None:
            row = self._rows[names] = self._recorder.layout(names)
        return row

    def tensor(self, tensor: str, kind: str, stats: dict[str, float]) -> None:
        """Statistics of a tensor."""
        self._recorder.tensor(tensor, kind, self._loop.position, stats)

    def times(self, key: str, most: int) -> bool:
        """Whether this was asked fewer than `most` times before."""
        count = self._times.get(key, 0)
        if count >= most:
            return False
        self._times[key] = count + 1
        return True

    def nonfinite(self, what: str, name: str, share: float, phase: str, spot: Spot | None) -> None:
        """The first of its kind that is no number."""
        if what in self._nonfinite:
            return
        self._nonfinite.add(what)
        data = {"what": what, "name": name, "share": share, "phase": phase, "before": self.last_loss}
        self.event("non-finite", data, at=spot)

    def knows_nonfinite(self, what: str) -> bool:
        """Whether one of that kind was told of."""
        return what in self._nonfinite
