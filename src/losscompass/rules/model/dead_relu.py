"""ReLU units that are zero for every sample: no gradient passes them, and nothing can wake them."""

import ast
from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..looks import values
from ..seen import count, place
from ..source import place_at, program
from ..source.files import File
from ..source.setup import fills, lowered

# share of a layer's units; what is left cannot carry the task. Sound layers of the zoo: up to 0.3
DEAD = Threshold(0.95, unit="share of the units of a layer", basis="calibration/watched/dead-relu.json")
LOOKS = 2
HANDFUL = 2  # units of the narrowest layer
FAR = 4.0  # standard deviations of a layer's outputs below zero: one in 30,000 may be above


def detect(run: Run, dead_at: float = DEAD.value) -> Iterator[Finding]:
    tracks = [one for one in run.tensors.values() if one.kind == "activation"]
    if not tracks:
        raise Undecided("watched-tensors")
    dead = {one.tensor: seen for one in tracks if (seen := values(one, "dead")).size >= LOOKS}
    # From the first look on, or at last: whoever kills them, they are dead when the run is over.
    killed = {name: seen for name, seen in dead.items() if min(seen[-LOOKS:]) >= dead_at}
    if not killed:
        if (layer := _below(run)) is not None:
            model = next(iter(run.happened("model")), None)
            yield Finding(
                onset=None,
                values={"layer": layer, "share": 1.0, "layers": 1, "first": 1.0},
                place=_below_zero(run, 1.0, dead_at) or place(model, "init", "at"),
                severity=Severity.CRITICAL,
            )
        return
    name = min(killed, key=lambda one: (int((killed[one] < dead_at).sum()), list(killed).index(one)))
    model = next(iter(run.happened("model")), None)
    lowered_at = _below_zero(run, float(killed[name][0]), dead_at)
    if lowered_at is None and model is not None and 0 < count(model, "narrowest") <= HANDFUL:
        return  # one or two units die in a layer of as many: it was too narrow before they were dead (underfit-capacity)
    yield Finding(
        onset=None,
        values={
            "layer": name,
            "share": float(killed[name][-1]),
            "layers": len(killed),
            "first": float(killed[name][0]),
        },
        place=lowered_at or place(model, "init", "at"),
        severity=Severity.CRITICAL if float(killed[name][-1]) == 1.0 else None,
    )


def _below(run: Run) -> str | None:
    """A layer that gives nothing above zero and gets no gradient at all, however it is cut off behind it."""
    for one in run.tracks("activation"):
        gradient = run.tensors.get(f"gradient/{one.tensor}.weight")
        mean, std = values(one, "mean"), values(one, "std")
        if gradient is None or not LOOKS <= len(mean) == len(std):
            continue
        none = values(gradient, "zero")
        if none.size >= LOOKS and bool((none == 1).all()) and bool((mean + FAR * std < 0).all()):
            return one.tensor
    return None


def _below_zero(run: Run, first: float, dead_at: float) -> Place | None:
    """Of units that are dead from the start: the only line that sets biases below zero."""
    if first < dead_at or not run.happened("source"):
        return None
    try:
        read = program(run)
        found: list[tuple[File, ast.AST]] = [
            (file, call) for file, call, value in fills(read, "bias") if value is not None and value < 0
        ]
        found = found or list(lowered(read, "bias"))
    except Undecided:
        return None
    return place_at(*found[0]) if len(found) == 1 else None


RULE = Rule(
    id="dead-relu",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("tensor:activation", optional=True),
        Need("tensor:gradient", optional=True),
        Need("event:model", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("lower-learning-rate", "check-gradients"),
    explains=(
        "chance-level-loss",
        "loss-flat",
        "plateau",
        "constant-metric",
        "slow-descent",
        "learning-rate-too-low",
        "vanishing-gradients",
    ),
    thresholds={"dead_at": DEAD},
    confidence=0.9,
    domain=("T3",),
)
