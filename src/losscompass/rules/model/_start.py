"""How weights start, as it shows in the first outputs and in the source."""

import numpy as np

from ...evidence.run import Run, TensorTrack
from ..base import Finding, Undecided
from ..looks import last, values, weights
from ..seen import count, number, place, step_of, steps_in, text
from ..source import place_at, program
from ..source.setup import fills, of_all_layers

MOST = 0.5  # share of the layers
BURST = 20.0  # times the size of the inputs: layers keep it as it is, or make it smaller
LEAP = 10.0  # times what the layer before it gives
LONG = 20  # steps: a run of fewer need not have come down
CLOSE = 1e-3  # of a number: the mean of equal numbers, in 32 bits, after a first step
FACTORS = (1.0, 0.25)
MATRIX = 256  # numbers: a first layer of one or two inputs may well be large


def burst(run: Run) -> tuple[str, float] | None:
    """A layer whose outputs are no numbers before anything was learned, behind layers that give ever larger ones; and how large."""
    broken, batches = run.happened("non-finite"), run.happened("batch")
    first = broken[0] if broken else None
    if first is None or text(first, "what") != "activation" or step_of(first) != 0 or not batches:
        return None
    given = max((number(one, "std") or 0.0) + abs(number(one, "mean") or 0.0) for one in batches)
    spreads = [float(seen[0]) for one in run.tracks("activation") if (seen := values(one, "std")).size]
    return (text(first, "name"), max(spreads)) if spreads and max(spreads) > BURST * max(given, 1.0) else None


def leap(run: Run) -> tuple[str, float] | None:
    """Weights set by hand whose layers give tens of times what they are given, each by itself; and a loss that never came down."""
    model, graph, batch = (next(iter(run.happened(name)), None) for name in ("model", "graph", "batch"))
    curve = run.curve("train")
    if place(model, "init") is None or graph is None or batch is None or curve is None or not len(curve):
        return None
    if steps_in(run, graph) > 0 or bool(np.median(curve.value[-5:]) < curve.value[0] / 2):
        return None
    before = max(1.0, (number(batch, "std") or 0.0) + abs(number(batch, "mean") or 0.0))
    leaps = []
    for one in run.tracks("activation"):
        seen = values(one, "std")
        if seen.size and seen[0] > 0:
            leaps += [(one.tensor, float(seen[0]))] if seen[0] >= LEAP * before else []
            before = float(seen[0])
    return leaps[-1] if len(leaps) >= max(1, MOST * count(graph, "linear_layers")) else None


def of_one_value(run: Run) -> Finding | None:
    """Weights of all layers that the source sets to one value each, and a loss that hardly comes down."""
    graph, curve = next(iter(run.happened("graph")), None), run.curve("train")
    if not run.happened("source") or graph is None or count(graph, "linear_layers") < 2 or curve is None:
        return None
    matrices = (
        [one for one in weights(run, "weight") if last(one, "size") >= MATRIX] if any(run.tracks("weight")) else []
    )
    same = [one for one in matrices if values(one, "std").size and values(one, "mean").size and is_constant(one)]
    if len(curve) < LONG or bool(np.median(curve.value[-5:]) < curve.value[0] / 2) or len(same) < MOST * len(matrices):
        return None
    try:
        found = [one for one in fills(program(run), "weight") if of_all_layers(one[0], one[1])]
    except Undecided:
        return None
    if len(found) != 1 or found[0][2] is None:
        return None
    layers = count(graph, "linear_layers")
    names = [one.tensor for one in run.tracks("activation")] or ["weight"]
    shown: dict[str, float | str] = {"layer": names[0], "scale": found[0][2], "layers": layers, "of": layers}
    return Finding(onset=None, values=shown, place=place_at(found[0][0], found[0][1]), confidence=0.85)


def alike(run: Run) -> list[TensorTrack]:
    """Weights that were all one number, other than zero, before the first step changed them: every unit like its neighbour.

    The factors of a norm start at 1, those of a PReLU at 0.25.
    """
    moved = {one.tensor: one for one in run.tensors.values() if one.kind == "update"}
    curve = run.curve("train")
    found = []
    for one in weights(run, "weight") if any(run.tracks("weight")) else ():
        step = moved.get(one.tensor)
        if step is None or curve is None or not len(curve) or not one.step[0] <= curve.step[0]:
            continue
        (mean, std), (by, spread) = _first(one), _first(step)
        value = mean - by
        # What the step added is all that sets them apart; a step that dwarfs what it changes says nothing of that.
        same = std <= spread + CLOSE * abs(value) and spread <= abs(value) / 2
        if same and abs(value) > CLOSE and not any(abs(value - usual) < CLOSE for usual in FACTORS):
            found.append(one)
    return found


def _first(one: TensorTrack) -> tuple[float, float]:
    mean, std = values(one, "mean")[:1], values(one, "std")[:1]
    return (float(mean[0]), float(std[0])) if mean.size and std.size else (0.0, float("inf"))


def is_constant(one: TensorTrack) -> bool:
    """The factors of a norm start at 1."""
    return float(values(one, "std")[0]) < abs(float(values(one, "mean")[:1].sum())) / 10
