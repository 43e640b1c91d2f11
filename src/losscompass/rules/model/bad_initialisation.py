"""Weights that start at zero, where every unit of a layer stays like its neighbour, or on a scale that no layer can use."""

from collections.abc import Iterator

from ...evidence.run import Run, TensorTrack
from ..base import Finding, Need, Rule, Severity
from ..looks import is_weight, last, values, weights
from ..seen import flag, number, place, step_of, text

LARGE = 1.5  # standard deviation. Usual starts: 1/sqrt(inputs), at most 1 for an embedding
MOVED = 0.3  # share of its weights that a step changes: then they are no longer those that it started with
MOST = 0.5  # share of the layers
BURST = 20.0  # times the size of the inputs: layers keep it as it is, or make it smaller
MATRIX = 256  # numbers: a first layer of one or two inputs may well be large


def detect(run: Run) -> Iterator[Finding]:
    model = next(iter(run.happened("model")), None)
    if any(flag(one, "loaded") for one in run.happened("model")):
        return
    if (burst := _burst(run)) is not None:
        layer, scale = burst
        count = len(run.tracks("activation"))
        where = place(model, "init", "at")
        yield Finding(onset=None, values={"layer": layer, "scale": scale, "layers": count, "of": count}, place=where)
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
