"""A loss of the wrong sign: negated, falling without bound, or a generator that is taught to be told from what is real."""

from collections.abc import Iterator
from itertools import chain

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import flag, looked, number, place, training_calls
from ..source import place_at, program
from ..source.pulls import pushed_apart
from ..source.signs import wrong_terms
from ._critic import likelihood_lowered, negated, raised_when_maximised, wrongly_asked

FAR = 100.0
"""Times its first size: a density's likelihood gains by the logarithm of its width, and slows down; this does neither."""


def detect(run: Run) -> Iterator[Finding]:
    graphs = looked(run, "graph")
    if len({number(one, "number") for one in run.happened("optimizer")}) > 1:
        asked = wrongly_asked(run, graphs)
        if asked is not None:
            value = number(asked[1], "value") or 0.0
            where = place(asked[0], "at")
            yield Finding(onset=None, values={"first": value, "last": value}, place=where, confidence=0.9)
        return
    turned = next((one for one in graphs if negated(one) or likelihood_lowered(one) or flag(one, "kl_turned")), None)
    climbs = next((one for one in run.happened("optimizer") if flag(one, "maximize")), None)
    if climbs is not None and all(map(raised_when_maximised, graphs)):
        value = number(graphs[0], "value") or 0.0
        yield Finding(onset=None, values={"first": value, "last": value}, place=place(climbs, "at"))
        return
    if climbs is not None:
        return  # it goes up: what is turned over is meant so
    loss = run.curve("train")
    first, last = (float(loss.value[at]) for at in (0, -1)) if loss is not None and len(loss) else (0.0, 0.0)
    if turned is None and not _bottomless(run) and loss is not None and last < -FAR * max(abs(first), 1.0):
        middle = float(loss.value[len(loss) // 2])
        turned = graphs[0] if middle - last > first - middle else None  # ever faster
    if turned is not None:
        yield Finding(onset=None, values={"first": first, "last": last}, place=place(turned, "outermost", "at"))
        return
    if run.happened("source"):
        read = program(run)
        turned_terms = chain(((one.file, one.node) for one in wrong_terms(read)), pushed_apart(read))
        for file, node in turned_terms:
            yield Finding(onset=None, values={"first": first, "last": last}, place=place_at(file, node), confidence=0.9)
            return


def _bottomless(run: Run) -> bool:
    """Whether the loss has no floor for what it is asked: a cross-entropy of numbers falls for ever with its sign as it should be."""
    return any(
        (number(one, "target_min") or 0.0) < 0 or (number(one, "target_max") or 0.0) > 1
        for one in training_calls(run, "binary_cross_entropy_with_logits", "binary_cross_entropy")
    )


RULE = Rule(
    id="loss-wrong-sign",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:optimizer", optional=True),
        Need("curve:train", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=(
        "negative-loss",
        "loss-divergence",
        "loss-oscillation",
        "non-finite-loss",
        "adversarial-losses",
        "gan-mode-collapse",
        "loss-spike",
    ),
    confidence=0.95,
    domain=("T9",),
)
