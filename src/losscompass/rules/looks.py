"""How rules read the statistics of tensors of a watched run: of weights, their gradients and their updates."""

import re
from collections.abc import Sequence
from statistics import median

import numpy as np

from ..evidence.run import Run, TensorTrack
from .base import Undecided

SMALLEST = 16  # numbers: a tensor with fewer says little by its statistics
OWN = re.compile(r"w_?[a-z0-9]{0,3}")  # as people name the matrices of layers of their own: "w", "W1", "w_hh"
ALL_NEW = 0.9999  # share of the weights
EARLY = 3  # looks: the first steps are always looked at


def is_weight(name: str) -> bool:
    """Whether a tensor is a matrix of weights by its name; one without a name is called by its shape ("64×32")."""
    last = name.rpartition(".")[2].lower()
    return last.startswith(("weight", "kernel")) or OWN.fullmatch(last) is not None or "×" in name


def weights(run: Run, kind: str) -> tuple[TensorTrack, ...]:
    """The tracks of a kind that belong to weights, the first layers first. Raises Undecided where none was looked at."""
    found = [one for one in run.tensors.values() if one.kind == kind]
    if not found:
        raise Undecided("watched-tensors")
    return tuple(one for one in found if is_weight(one.tensor) and last(one, "size") >= SMALLEST)


def values(track: TensorTrack, stat: str) -> np.ndarray:
    """A statistic over the looks at which the tensor held finite numbers only. Shape (n,)."""
    known, broken = track.stats.get(stat), track.stats.get("nonfinite")
    if known is None:
        return np.array([])
    sound = np.isfinite(known) if broken is None else np.isfinite(known) & ~(broken > 0)
    kept: np.ndarray = known[sound]
    return kept


def last(track: TensorTrack, stat: str) -> float:
    """The last value, 0 where there is none."""
    known = values(track, stat)
    return float(known[-1]) if known.size else 0.0


def usual(track: TensorTrack, stat: str, looks: int = EARLY) -> float:
    """The median over the first looks, 0 where there is none."""
    known = values(track, stat)[:looks]
    return float(np.median(known)) if known.size else 0.0


def median_of(numbers: Sequence[float]) -> float:
    """0 where there is none."""
    return float(median(numbers)) if numbers else 0.0


def update_ratio(run: Run) -> float:
    """How much of a layer's weights a step changes at first: the median over layers; 0 where no layer was seen to move.

    A layer that started at zero is all new after the first step, whatever the rate, and does not count.
    """
    moved = [one for one in weights(run, "update") if usual(one, "ratio", 1) < ALL_NEW]
    return median_of([ratio for one in moved if (ratio := usual(one, "ratio")) > 0])
