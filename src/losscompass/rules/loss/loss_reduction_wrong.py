"""A loss that is divided twice (a mean, divided again by the number of samples), or a sum that is stepped on like a mean."""

from collections.abc import Iterator
from math import prod

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, number, place, proportional, shape, text, texts
from ._by_hand import summed_by_hand
from ._divided import divided_alone, share_of_all
from ._summed import bears_the_mean, summed_distance

LEAST = 8  # divided by less, it may be a weight
TOO_FAR = 10.0
"""Rate of SGD on the mean loss from which on no step is small: on a bowl of curvature 1, which scaled inputs make, descent
diverges from a rate of 2 on."""


def detect(run: Run) -> Iterator[Finding]:
    if not run.happened("loss-call"):
        summed, rows = summed_by_hand(run)
        if summed is not None:
            where = place(summed, "outermost", "at")
            yield Finding(onset=None, values={"factor": f"{rows}", "samples": rows}, place=where, confidence=0.85)
            return
        if not run.happened("graph"):
            looked(run, "loss-call")
    calls = [call for call in run.happened("loss-call") if text(call, "phase") != "val"]
    means = {text(call, "reduction") for call in calls} == {"mean"}
    steps = max((number(loop, "backwards_per_step") or 1 for loop in run.happened("loop")), default=1.0)
    each = max(round(steps), 1)
    optimizer = proportional(run)
    for graph in run.happened("graph"):
        factor = number(graph, "scaled_by")
        if means and factor is not None and 0 < factor <= 1 / LEAST:
            parts = round(1 / factor)
            known = {parts, parts / each} & _sizes(run, calls) or divided_alone(graph, optimizer, parts / each)
            exact = abs(parts * factor - 1) < 1e-3 and parts != each and known
            if exact or share_of_all(graph, optimizer, factor, each):
                yield Finding(
                    onset=None,
                    values={"factor": f"1/{parts}", "samples": parts},
                    severity=None if optimizer is not None else Severity.NOTE,  # Adam does not see a factor
                    place=place(graph, "outermost", "at"),
                )
                return
    rate = number(optimizer, "lr") if optimizer is not None else None
    divided = any({"Div", "Mul", "Mean"} & set(texts(one, "root_ops")) for one in run.happened("graph"))
    for call in calls if rate is not None and not divided else ():
        size = _entries(call)
        far = (rate or 0.0) * size >= TOO_FAR or (size >= LEAST and bears_the_mean(run, size))
        if text(call, "reduction") == "sum" and size > 1 and far:
            yield Finding(
                onset=None, values={"factor": f"{size}", "samples": size}, place=place(call, "at"), confidence=0.85
            )
            return
    if rate is not None and (size := summed_distance(run)) >= LEAST:
        where = place(run.happened("graph")[0], "outermost", "at")
        yield Finding(onset=None, values={"factor": f"{size}", "samples": size}, place=where, confidence=0.85)


def _sizes(run: Run, calls: list[Event]) -> set[float]:
    """The numbers that people divide by: samples of a batch, of the data, batches of a pass."""
    loaders = [count(loader, key) for loader in run.happened("loader") for key in ("batch_size", "length", "batches")]
    return {*loaders, *((shape(call, "input_shape") or (0,))[0] for call in calls)}


def _entries(call: Event) -> int:
    """How many losses the sum is of."""
    whole = {"cross_entropy", "nll_loss"}
    return prod(shape(call, "target_shape" if text(call, "function") in whole else "input_shape") or ())


RULE = Rule(
    id="loss-reduction-wrong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:graph", optional=True),
        Need("event:loader", optional=True),
        Need("curve:train", finite=False, optional=True),
        Need("kind:learning-rate", optional=True),
        Need("tensor:update", optional=True),
        Need("event:non-finite", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("fact:reinforcement", optional=True),
        Need("event:batch", optional=True),
        Need("train/loss", finite=False, optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=(
        "learning-rate-too-high",
        "learning-rate-too-low",
        "loss-divergence",
        "loss-oscillation",
        "loss-spike",
        "loss-flat",
        "slow-descent",
        "plateau",
        "chance-level-loss",
        "initial-loss-off",
        "non-finite-loss",
    ),
    confidence=0.95,
    domain=("L2",),
)
