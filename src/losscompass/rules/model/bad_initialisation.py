"""Weights that start at zero, where every unit of a layer stays like its neighbour, or on a scale that no layer can use."""

from collections.abc import Iterator

from ...evidence.records import Event, Place
from ...evidence.run import Run, TensorTrack
from ..base import Finding, Need, Rule, Severity
from ..looks import is_weight, last, values, weights
from ..seen import flag, place
from ..source.lines import draws_wide, sets_weights
from ._start import MATRIX, MOST, alike, burst, is_constant, leap, of_one_value

LARGE = 1.5  # standard deviation. Usual starts: 1/sqrt(inputs), at most 1 for an embedding
MOVED = 0.3  # share of its weights that a step changes: then they are no longer those that it started with


def detect(run: Run) -> Iterator[Finding]:
    model = next(iter(run.happened("model")), None)
    if any(flag(one, "loaded") for one in run.happened("model")):
        return
    if (found := burst(run) or leap(run)) is not None:
        layer, scale = found
        count = len(run.tracks("activation"))
        where = _set(run, model)
        yield Finding(onset=None, values={"layer": layer, "scale": scale, "layers": count, "of": count}, place=where)
        return
    if (same := of_one_value(run)) is not None:
        yield same
        return
    held = weights(run, "weight")
    if len(like := alike(run)) >= 2 and len(like) >= MOST * (len(held) - sum(map(is_constant, held)) + len(like)):
        first = like[0]
        shown: dict[str, float | str] = {"layer": first.tensor, "scale": float(values(first, "mean")[0])}
        shown |= {"layers": len(like), "of": len(held)}
        yield Finding(onset=None, values=shown, place=_set(run, model))
        return
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
    matrices = [one for one in held if last(one, "size") >= MATRIX and values(one, "std").size and not is_constant(one)]
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
        place=_set(run, model, scale),
    )


def _large(one: TensorTrack) -> bool:
    return float(values(one, "std")[0]) >= LARGE


def _set(run: Run, model: Event | None, scale: float = 0.0) -> Place | None:
    """Where the weights were given their first numbers, else where the model was made."""
    wide = draws_wide(run, scale) if scale else None
    return wide or place(model, "init") or sets_weights(run) or place(model, "at")


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
        "gan-mode-collapse",
    ),
    confidence=0.95,
    domain=("T3",),
)
