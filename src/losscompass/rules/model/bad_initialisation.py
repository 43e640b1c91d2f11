"""Weights that start at zero, where every unit of a layer stays like its neighbour, or on a scale that no layer can use."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run, TensorTrack
from ..base import Finding, Need, Rule, Severity, Undecided
from ..looks import is_weight, last, values, weights
from ..seen import count, flag, number, place, step_of, text
from ..source import place_at, program
from ..source.setup import fills, of_all_layers

LARGE = 1.5  # standard deviation. Usual starts: 1/sqrt(inputs), at most 1 for an embedding
MOVED = 0.3  # share of its weights that a step changes: then they are no longer those that it started with
MOST = 0.5  # share of the layers
BURST = 20.0  # times the size of the inputs: layers keep it as it is, or make it smaller
LEAP = 10.0  # times what the layer before it gives
LONG = 20  # steps: a run of fewer need not have come down
MATRIX = 256  # numbers: a first layer of one or two inputs may well be large


def detect(run: Run) -> Iterator[Finding]:
    model = next(iter(run.happened("model")), None)
    if any(flag(one, "loaded") for one in run.happened("model")):
        return
    if (burst := _burst(run) or _leap(run)) is not None:
        layer, scale = burst
        count = len(run.tracks("activation"))
        where = place(model, "init", "at")
        yield Finding(onset=None, values={"layer": layer, "scale": scale, "layers": count, "of": count}, place=where)
        return
    if (same := _of_one_value(run)) is not None:
        yield same
        return
    held = weights(run, "weight")
    pushed = {
        one.tensor: last(one, "norm")
        for one in run.tensors.values()
        if one.kind == "gradient" and is_weight(one.tensor)
    }
    # A single layer at zero is a usual start (the last one, or that of a residual); two in a row block each other.
    zero = [
        one
        for one in held
        if values(one, "norm").size >= 2 and not values(one, "norm").any() and not pushed.get(one.tensor)
    ]
    moved = {one.tensor: values(one, "ratio") for one in weights(run, "update")}
    matrices = [one for one in held if last(one, "size") >= MATRIX and values(one, "std").size and not _constant(one)]
    large = [
        one
        for one in matrices
        if _large(one) and (seen := moved.get(one.tensor)) is not None and seen.size and seen[0] < MOVED
    ]
    if len(zero) >= 2 and len(zero) >= MOST * len(held):
        scale, layers = 0.0, zero
    elif large and len(large) >= MOST * len(matrices):
        scale, layers = float(values(large[0], "std")[0]), large
    else:
        return
    yield Finding(
        onset=None,
        values={"layer": layers[0].tensor, "scale": scale, "layers": len(layers), "of": len(held)},
        place=place(model, "init", "at"),
    )


def _burst(run: Run) -> tuple[str, float] | None:
    """A layer whose outputs are no numbers before anything was learned, behind layers that give ever larger ones; and how large."""
    broken, batches = run.happened("non-finite"), run.happened("batch")
    first = broken[0] if broken else None
    if first is None or text(first, "what") != "activation" or step_of(first) != 0 or not batches:
        return None
    given = max((number(one, "std") or 0.0) + abs(number(one, "mean") or 0.0) for one in batches)
    spreads = [float(seen[0]) for one in run.tracks("activation") if (seen := values(one, "std")).size]
    return (text(first, "name"), max(spreads)) if spreads and max(spreads) > BURST * max(given, 1.0) else None


def _leap(run: Run) -> tuple[str, float] | None:
    """Weights set by hand whose layers give tens of times what they are given, each by itself; and a loss that never came down."""
    model, graph, batch = (next(iter(run.happened(name)), None) for name in ("model", "graph", "batch"))
    curve = run.curve("train")
    if place(model, "init") is None or graph is None or batch is None or curve is None or not len(curve):
        return None
    if step_of(graph) != 0 or bool(np.median(curve.value[-5:]) < curve.value[0] / 2):
        return None
    before = max(1.0, (number(batch, "std") or 0.0) + abs(number(batch, "mean") or 0.0))
    leaps = []
    for one in run.tracks("activation"):
        seen = values(one, "std")
        if seen.size and seen[0] > 0:
            leaps += [(one.tensor, float(seen[0]))] if seen[0] >= LEAP * before else []
            before = float(seen[0])
    return leaps[-1] if len(leaps) >= max(1, MOST * count(graph, "linear_layers")) else None


def _of_one_value(run: Run) -> Finding | None:
    """Weights of all layers that the source sets to one value each, and a loss that hardly comes down."""
    graph, curve = next(iter(run.happened("graph")), None), run.curve("train")
    if not run.happened("source") or graph is None or count(graph, "linear_layers") < 2 or curve is None:
        return None
    matrices = (
        [one for one in weights(run, "weight") if last(one, "size") >= MATRIX] if any(run.tracks("weight")) else []
    )
    same = [one for one in matrices if values(one, "std").size and values(one, "mean").size and _constant(one)]
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


def _constant(one: TensorTrack) -> bool:
    """The factors of a norm start at 1."""
    return float(values(one, "std")[0]) < abs(float(values(one, "mean")[:1].sum())) / 10


def _large(one: TensorTrack) -> bool:
    return float(values(one, "std")[0]) >= LARGE


RULE = Rule(
    id="bad-initialisation",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("tensor:weight", optional=True),
        Need("tensor:gradient", optional=True),
        Need("tensor:update", optional=True),
        Need("tensor:activation", optional=True),
        Need("event:model", optional=True),
        Need("event:non-finite", optional=True),
        Need("event:batch", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
        Need("curve:train", finite=False, optional=True),
    ),
    detect=detect,
    remedies=("start-from-chance", "check-gradients"),
    explains=(
        "dead-relu",
        "vanishing-gradients",
        "exploding-gradients",
        "chance-level-loss",
        "loss-flat",
        "plateau",
        "constant-metric",
        "initial-loss-off",
        "learning-rate-too-low",
        "learning-rate-too-high",
        "loss-divergence",
        "non-finite-loss",
        "slow-descent",
    ),
    confidence=0.95,
    domain=("T3",),
)
