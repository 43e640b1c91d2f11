"""A start far above what knowing nothing reads: before anything is learned, the network is already sure, and wrong."""

from collections.abc import Iterator
from math import hypot, log

import numpy as np

from ...evidence.names import Kind
from ...evidence.records import Event
from ...evidence.run import Run
from ...losses.torch_functions import BY_TARGET, expected_start
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ..operations import LINEAR, last_operation
from ..seen import flag, number, place, shape, step_of, text

EXCESS = Threshold(1.0, unit="nats", basis="calibration/initial-loss-off.json")
FACTOR = Threshold(2.0, unit="of a start with outputs of spread 1", basis="calibration/initial-loss-off.json")
LONG = 50  # steps: the tenth of a run that has fewer says nothing
EARLY = 0.02  # share of the run in which a first value still counts as the start


def detect(run: Run, excess: float = EXCESS.value, factor: float = FACTOR.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _at_the_first_call(run, excess, factor)
        return
    classes = run.facts.get("classes")
    if not isinstance(classes, int) or classes < 2:
        return
    for phase in ("train", "val"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS or loss.axis == "epoch":
            continue
        first, start = float(loss.step[0]), float(loss.value[0])
        if 0 <= first <= EARLY * float(loss.step[-1]) and start > log(classes) + excess:
            yield Finding(
                onset=first,
                values={"curve": loss.name, "start": start, "classes": classes, "expected": log(classes)},
                exhibits=(Exhibit(loss.name, steps=(first, first), marks=(first,)),),
            )
            return


def _at_the_first_call(run: Run, excess: float, factor: float) -> Iterator[Finding]:
    """By the call of the loss at the first step, where scores straight from a layer are averaged over the batch."""
    if any(flag(model, "loaded") for model in run.happened("model")):
        return  # something was learned before
    for call in run.happened("loss-call"):
        function, start = text(call, "function"), number(call, "value")
        usual = text(call, "phase") != "val" and text(call, "reduction") in {"mean", ""}
        if step_of(call) != 0 or start is None or not usual or flag(call, "class_weights"):
            continue
        expected = _expected(call, function)
        if expected is None or last_operation(call) not in LINEAR:
            continue  # scores that are scaled on purpose (a temperature, a margin) start higher
        if start > (factor * expected if function in BY_TARGET else expected + excess):
            yield Finding(
                onset=None,
                values={"curve": function, "start": start, "expected": expected},
                severity=Severity.NOTE if _recovers(run, expected) else None,
                place=place(call, "at"),
            )
            return


def _recovers(run: Run, expected: float) -> bool:
    """Whether the loss is below what knowing nothing reads for good, a tenth of the run later."""
    loss = run.curve("train")
    if loss is None or len(loss) < LONG:
        return False
    return bool(np.median(loss.value[len(loss) // 10 :][: len(loss) // 10]) < expected)


def _expected(call: Event, function: str) -> float | None:
    """What knowing nothing reads; for numbers, with outputs as spread as a layer's usual start may make them."""
    sizes = shape(call, "input_shape") or ()
    classes = sizes[min(1, len(sizes) - 1)] if sizes else None
    mean, std = number(call, "target_mean"), number(call, "target_std")
    return expected_start(function, classes=classes, mean=mean, std=None if std is None else hypot(std, 1.0))


RULE = Rule(
    id="initial-loss-off",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched|curve:train|curve:val", points=20),
        Need("fact:watched|fact:classes"),
        Need("event:loss-call", optional=True),
        Need("event:model", optional=True),
        Need("curve:train", optional=True),
    ),
    detect=detect,
    remedies=("start-from-chance", "scale-inputs"),
    thresholds={"excess": EXCESS, "factor": FACTOR},
    domain=("J2", "T4"),
)
