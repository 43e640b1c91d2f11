"""Outputs that grow from layer to layer."""

from itertools import pairwise

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding
from ..distance import form
from ..looks import values
from ..seen import count, number, place, steps_in, texts

GROWN = 1e3  # times the outputs of the first layer
DEEP = 10  # products with weights, each time step counted


def through_the_layers(run: Run) -> Finding | None:
    """Outputs that grow from layer to layer, as the gradient does on its way back, and a loss that does not come down."""
    graph, curve = next(iter(run.happened("graph")), None), run.curve("train")
    if graph is None or curve is None or not len(curve) or steps_in(run, graph) > 0:
        return None
    tracks = [one for one in run.tracks("activation") if values(one, "std").size]
    sizes = [float(values(one, "std")[0]) for one in tracks]
    if not is_deep(graph) or len(sizes) < DEEP or not 0 < sizes[0] * GROWN <= max(sizes) or settled(run):
        return None
    # Step by step, and not in one layer.
    steps = [after / before for before, after in pairwise(sizes) if before > 0]
    if max(steps) > max(sizes) / sizes[0] / 10:
        return None
    largest = sizes.index(max(sizes))
    shown: dict[str, float | str] = {"what": "words:exploding-gradients.grown", "layer": tracks[largest].tensor}
    shown |= {"steep": max(sizes) / sizes[0], "norm": sizes[largest], "loss": float(curve.value[0])}
    return Finding(onset=None, values=shown, place=place(next(iter(run.happened("loop")), None), "backward"))


def settled(run: Run) -> bool:
    """Whether the loss came down for good all the same: from its start, or where that is known from that of answering 0 to everything."""
    curve, graph = run.curve("train"), next(iter(run.happened("graph")), None)
    if curve is None or not len(curve):
        return False
    start = float(curve.value[0])
    if graph is not None and form(graph) == "Mean" and (spread := number(graph, "asked_std")) is not None:
        start = min(start, spread**2 + (number(graph, "asked_mean") or 0.0) ** 2)
    return bool(np.median(curve.value[-5:]) < start / 2)


def is_deep(graph: Event) -> bool:
    """Whether there is depth or time to grow in; a fused recurrent layer is one operation."""
    return count(graph, "linear_layers") >= DEEP or any("Rnn" in name for name in texts(graph, "ops"))
