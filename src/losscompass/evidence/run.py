"""The immutable snapshot of one run, which every rule reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from .names import Role
from .records import Axis, Event, Skipped, TensorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve: positions that never fall, and the value at each.

    `step`, `value`: shape (n,), float64, read-only. `value` may hold NaN and infinities.
    """

    name: str  # canonical, unique in its run: "train/loss", "val/loss/box", "val/accuracy", "lr"
    raw: str  # as the log wrote it
    role: Role
    axis: Axis
    step: Float[np.ndarray, " n"]
    value: Float[np.ndarray, " n"]
    epoch: Float[np.ndarray, " n"] | None = None
    time: Float[np.ndarray, " n"] | None = None
    derived: str = ""  # how it was computed, if the log does not hold it: "sum of parts"

    def __len__(self) -> int:
        return int(self.step.size)

    def finite(self) -> "Series":
        """The same curve without its non-finite points."""
        keep = np.isfinite(self.value)
        return self if bool(keep.all()) else self.take(keep)

    def take(self, index: np.ndarray) -> "Series":
        """The points that `index` (mask or positions) selects."""
        return replace(
            self,
            step=_frozen(self.step[index]),
            value=_frozen(self.value[index]),
            epoch=None if self.epoch is None else _frozen(self.epoch[index]),
            time=None if self.time is None else _frozen(self.time[index]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorTrack:
    """The statistics of one tensor over the steps at which it was looked at.

    `step`: shape (n,); every array of `stats`: shape (n,), NaN where that statistic was not taken.
    """

    tensor: str
    kind: TensorKind
    step: Float[np.ndarray, " n"]
    stats: Mapping[str, Float[np.ndarray, " n"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that is known of one run."""

    source: str  # the path it came from, as the user gave it
    name: str = ""  # tells the runs of one source apart; empty where there is one
    series: Mapping[str, Series] = field(default_factory=lambda: MappingProxyType({}))
    curves: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The headline curves: phase ("train", "val", "test") → name of the series that says how that phase goes. A reward
    if there is one, else a loss (the total before its parts), else a metric that falls, else one that rises. Where
    training was evaluated on a test set only, that stands for "val" too."""
    facts: Mapping[str, str | float | int | bool] = field(default_factory=lambda: MappingProxyType({}))
    events: tuple[Event, ...] = ()
    tensors: Mapping[str, TensorTrack] = field(default_factory=lambda: MappingProxyType({}))  # by "<kind>/<tensor>"
    skipped: tuple[Skipped, ...] = ()

    @property
    def points(self) -> int:
        """How many numbers the log holds."""
        return sum(len(s) for s in self.series.values() if not s.derived)

    def happened(self, event: str) -> tuple[Event, ...]:
        """The events of a name, in the order of the log."""
        return tuple(one for one in self.events if one.name == event)

    def tracks(self, kind: TensorKind) -> tuple[TensorTrack, ...]:
        """The tensors of a kind that were looked at, in the order in which they were first seen."""
        return tuple(one for one in self.tensors.values() if one.kind == kind)

    def curve(self, phase: str) -> Series | None:
        """The headline curve of a phase ("train", "val", "test"), if there is one."""
        name = self.curves.get(phase)
        return None if name is None else self.series.get(name)


def _frozen(array: np.ndarray) -> np.ndarray:
    array = np.ascontiguousarray(array, dtype=np.float64)
    array.setflags(write=False)
    return array
