"""The layers of a watched run as three small tables: gradient, update and dead share, by depth and step."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from ..evidence.records import TensorKind
from ..evidence.run import Run, TensorTrack
from .packed_series import ArrayStore

STRIPS: Final[tuple[tuple[str, TensorKind, str], ...]] = (
    ("gradient", "gradient", "norm"),
    ("update", "update", "ratio"),
    ("dead", "activation", "dead"),
)
"""What is shown: the strip's id, the kind of tensor, and which of its statistics."""

MOST_LAYERS = 96
"""Rows of a strip: more than a screen holds legibly. Biases go first, then every other layer evenly."""

MOST_STEPS = 160
"""Columns of a strip: below the width of a telephone in pixels."""


def pack_layers(run: Run, store: ArrayStore) -> dict[str, Any]:
    """The strips that there are data for, by id: the names of the rows by depth, the number of the array of the steps,
    and that of the values, row after row, NaN where a layer was not looked at.
    """
    strips: dict[str, Any] = {}
    for strip, kind, statistic in STRIPS:
        tracks = [track for track in run.tracks(kind) if _told(track, statistic)]
        if tracks:
            strips[strip] = _strip(_by_depth(tracks), statistic, store)
    return strips


def _told(track: TensorTrack, statistic: str) -> bool:
    return statistic in track.stats and bool(np.isfinite(track.stats[statistic]).any() or track.step.size)


def _by_depth(tracks: Sequence[TensorTrack]) -> list[TensorTrack]:
    """From the input to the output: by the order of the call where it is known, else as they were first seen."""
    ordered = sorted(tracks, key=_depth)  # stable
    if len(ordered) > MOST_LAYERS:
        ordered = [track for track in ordered if not track.tensor.endswith("bias")] or ordered
    if len(ordered) > MOST_LAYERS:
        ordered = [ordered[i] for i in np.linspace(0, len(ordered) - 1, MOST_LAYERS).round().astype(int)]
    return ordered


def _depth(track: TensorTrack) -> float:
    depth = track.stats.get("depth")
    known = np.empty(0) if depth is None else depth[np.isfinite(depth)]
    return float(known[0]) if known.size else 0.0


def _strip(tracks: Sequence[TensorTrack], statistic: str, store: ArrayStore) -> dict[str, Any]:
    steps = np.unique(np.concatenate([track.step for track in tracks]))
    if steps.size > MOST_STEPS:
        steps = steps[np.unique(np.linspace(0, steps.size - 1, MOST_STEPS).round().astype(int))]
    rows = np.concatenate([_on(steps, track.step, track.stats[statistic]) for track in tracks])
    return {"names": [track.tensor for track in tracks], "step": store.add(steps, exact=True), "value": store.add(rows)}


def _on(
    steps: Float[np.ndarray, " m"], step: Float[np.ndarray, " n"], value: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " m"]:
    """The last value known at each of the steps that is no older than the step before it; NaN where there is none."""
    place = np.searchsorted(step, steps, side="right") - 1
    before = np.concatenate([[-np.inf], steps[:-1]])
    known = (place >= 0) & (step[place] > before)
    return np.where(known, value[place], np.nan)
