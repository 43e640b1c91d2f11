"""Gradients that grow through depth or time: at the start already, a layer's weights move the loss far more than it is high."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..distance import form
from ..looks import values, weights
from ..seen import flag, loops, number, place
from ._growth import is_deep, settled, through_the_layers

STEEP = Threshold(
    15.0,
    unit="percent of the loss for one percent of the weights",
    basis="calibration/watched/exploding-gradients.json",
)
"""Percent of the loss for one percent of a layer's weights (gradient norm × weight norm / loss), at the first step. A layer that
is used once moves a squared error by 2 % at most where the outputs are far off; one in a recurrence by that for each step.
Sound programs of the zoo: up to 4.6."""
JUMPED = 0.5  # share of its weights that the first step changed: they say nothing of what they were before


def detect(run: Run, steep_at: float = STEEP.value) -> Iterator[Finding]:
    models = run.happened("model")
    if (grown := through_the_layers(run)) is not None:
        yield grown
        return
    curve = run.curve("train")
    squares = any(form(graph) for graph in run.happened("graph")[:1])
    if curve is None or not len(curve) or not curve.value[0] > 0 or not (squares or "loss" in run.facts):
        return  # a loss of no known kind may start at zero or below
    if any(flag(one, "loaded") for one in models):
        return  # near its minimum a small loss is steep
    found, graphs = loops(run), run.happened("graph")
    if len(found) != 1 or not any(is_deep(graph) for graph in graphs[:1]):
        return  # which of several losses a gradient is of is not told
    # As it was back-propagated: times a factor, if there is one; as often as there are backwards to a step.
    sent = max((number(one, "value") or 0.0 for one in graphs[:1]), default=0.0)
    loss = max(float(curve.value[0]), sent) * max(1.0, number(found[0], "backwards_per_step") or 1.0)
    held = {one.tensor: one for one in weights(run, "weight")}
    moved = {one.tensor: one for one in weights(run, "update")}
    steepest, name, norm = 0.0, "", 0.0
    for one in weights(run, "gradient"):
        gradient = values(one, "norm")[:1]
        if one.tensor not in held or not gradient.size or not one.step[0] <= curve.step[0]:
            continue
        ratio = values(moved[one.tensor], "ratio")[:1] if one.tensor in moved else gradient[:0]
        weight = values(held[one.tensor], "norm")[:1]
        size = float(weight[0]) if weight.size and ratio.size and ratio[0] < JUMPED else 1.0
        steep = float(gradient[0]) * size / loss
        if steep > steepest:
            steepest, name, norm = steep, one.tensor, float(gradient[0])
    if not steep_at <= steepest < float("inf") or ("loss" not in run.facts and settled(run)):
        return
    yield Finding(
        onset=None,
        values={
            "what": "words:exploding-gradients.steep",
            "layer": name,
            "steep": steepest,
            "norm": norm,
            "loss": loss,
        },
        place=place(found[0], "backward"),
    )


RULE = Rule(
    id="exploding-gradients",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("tensor:gradient", optional=True),
        Need("tensor:weight", optional=True),
        Need("tensor:activation", optional=True),
        Need("tensor:update", optional=True),
        Need("curve:train", finite=False, optional=True),
        Need("fact:loss", optional=True),
        Need("event:model", optional=True),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
    ),
    detect=detect,
    remedies=("clip-gradients",),
    explains=(
        "loss-divergence",
        "non-finite-loss",
        "loss-spike",
        "loss-oscillation",
        "dead-relu",
        "loss-flat",
        "learning-rate-too-high",
        "plateau",
    ),
    thresholds={"steep_at": STEEP},
    confidence=0.85,
    domain=("T3",),
)
