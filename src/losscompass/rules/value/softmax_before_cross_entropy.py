"""Cross-entropy on probabilities: in a watched run seen at the call; in a log, loss plus accuracy is ln(e + C - 1).

A soft-max that is sure gives a one-hot row; cross-entropy takes it for logits and reads ln(e + C - 1) - [correct].
So however good the model, the loss cannot fall below ln(1 + (C - 1)/e): 1.4612 for ten classes.
"""

from collections.abc import Iterator
from functools import partial
from math import e, log

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run, Series
from ...signal.thin import stride_index
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ..operations import applied, made_by_softmax
from ..rewrite import changed, without_call
from ..seen import looked, number, shape, training_calls

MISFIT = Threshold(0.02, unit="nats", basis="calibration/softmax-before-cross-entropy.json")
SLOPE = Threshold(0.25, unit="off the slope -1", basis="calibration/softmax-before-cross-entropy.json")
MOVED = 0.1  # how far accuracy must have moved for the line to be seen


def detect(run: Run, misfit: float = MISFIT.value, slope: float = SLOPE.value) -> Iterator[Finding]:
    seen = tuple(_seen_at_the_call(run))
    yield from seen
    if run.facts.get("watched") is True and not run.happened("loss-call") and _accuracy(run, "train") is None:
        looked(run, "loss-call")
    for phase in () if seen else ("train", "val"):
        loss, accuracy = run.curve(phase), _accuracy(run, phase)
        if loss is None or accuracy is None or loss.role.kind is not Kind.LOSS or loss.axis != accuracy.axis:
            continue
        at = where = np.arange(len(loss))
        if not np.array_equal(loss.step, accuracy.step):
            _, at, where = np.intersect1d(loss.step, accuracy.step, return_indices=True)
        if at.size < 8:
            continue
        few = stride_index(at.size, 2000)
        y, x = loss.value[at[few]], accuracy.value[where[few]]
        x = x / 100.0 if x.max() > 1.5 else x
        if x.min() < 0 or x.max() > 1 or np.ptp(x) < MOVED or np.abs(y).max() > 20:
            continue
        b, a = np.polyfit(x, y, 1)
        late = slice(x.size // 2, None)
        total = float(np.median(y[late] + x[late]))
        classes = round(float(np.exp(total)) - e + 1)
        floor = log(1 + (classes - 1) / e) if classes >= 2 else np.inf  # one class has no floor: nothing passes below
        if (
            abs(float(b) + 1) <= slope
            and y.min() >= floor - 1e-3
            and abs(total - log(e + classes - 1)) <= misfit
            and float(np.median(np.abs(y - a - b * x))) <= misfit
        ):
            yield Finding(
                onset=float(loss.step[at[0]]),
                values={
                    "classes": classes,
                    "floor": floor,
                    "lowest": float(y.min()),
                },
                exhibits=(
                    Exhibit(loss.name, steps=(float(loss.step[0]), float(loss.step[-1]))),
                    Exhibit(accuracy.name),
                ),
            )
            return


def _seen_at_the_call(run: Run) -> Iterator[Finding]:
    for call in training_calls(run, "cross_entropy"):
        sizes = shape(call, "input_shape") or ()
        if not made_by_softmax(call) or not sizes or sizes[min(1, len(sizes) - 1)] < 2:
            continue
        classes = sizes[min(1, len(sizes) - 1)]
        where = applied(call, "softmax")
        loss = run.curve("train")
        lowest = float(loss.value.min()) if loss is not None else number(call, "value") or 0.0
        yield Finding(
            onset=None,
            values={"classes": classes, "floor": log(1 + (classes - 1) / e), "lowest": lowest},
            confidence=1.0,
            place=where,
            change=changed(where, partial(without_call, names=("softmax", "Softmax"))),
        )
        return


def _accuracy(run: Run, phase: str) -> Series | None:
    return next((one for name, one in run.series.items() if name.startswith(f"{phase}/") and "acc" in name), None)


RULE = Rule(
    id="softmax-before-cross-entropy",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched|curve:train|curve:val", points=8),
        Need("fact:watched|*/*acc*", points=8),
        Need("event:loss-call", optional=True),
    ),
    detect=detect,
    remedies=("pass-logits",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss"),
    thresholds={"misfit": MISFIT, "slope": SLOPE},
    domain=("T9", "L2"),
)
