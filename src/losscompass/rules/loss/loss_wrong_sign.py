"""A loss of the wrong sign: negated, falling without bound, or a generator that is taught to be told from what is real."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, number, place, text, texts
from ..source import place_at, program
from ..source.signs import wrong_terms
from ._critic import asked_of_critic, label_of

PLAIN = {"Neg", "Mean", "Sum", "View", "Squeeze", "ToCopy", "Clone"}
BOUNDED = (
    "NllLoss",
    "MseLoss",
    "L1Loss",
    "SmoothL1Loss",
    "HuberLoss",
    "BinaryCrossEntropy",
    "CrossEntropyLoss",
    "KlDiv",
)
"""Losses that no model brings below zero: there is nothing to gain by going up."""
FAR = 100.0
"""Times its first size: a density's likelihood gains by the logarithm of its width, and slows down; this does neither."""


def detect(run: Run) -> Iterator[Finding]:
    graphs = looked(run, "graph")
    if len({number(one, "number") for one in run.happened("optimizer")}) > 1:
        yield from _generator(run, graphs)
        return
    turned = next((one for one in graphs if _negated(one)), None)
    loss = run.curve("train")
    first, last = (float(loss.value[at]) for at in (0, -1)) if loss is not None and len(loss) else (0.0, 0.0)
    if turned is None and loss is not None and last < -FAR * max(abs(first), 1.0):
        middle = float(loss.value[len(loss) // 2])
        turned = graphs[0] if middle - last > first - middle else None  # ever faster
    if turned is not None:
        yield Finding(onset=None, values={"first": first, "last": last}, place=place(turned, "outermost", "at"))
        return
    if run.happened("source"):
        for term in wrong_terms(program(run)):
            where = place_at(term.file, term.node)
            yield Finding(onset=None, values={"first": first, "last": last}, place=where, confidence=0.9)
            return


def _negated(graph: Event) -> bool:
    """Whether what is back-propagated is a loss function's result, turned over."""
    ops = texts(graph, "root_ops")
    factor = number(graph, "scaled_by")
    if not ops or not ops[-1].startswith(BOUNDED):
        return False
    return (factor is not None and factor < 0) or (set(ops[:-1]) <= PLAIN and ops.count("Neg") % 2 == 1)


def _generator(run: Run, graphs: tuple[Event, ...]) -> Iterator[Finding]:
    """The generator wants its samples to be called what the critic learns to call them: nobody pulls against anybody."""
    calls = [one for one in run.happened("loss-call") if text(one, "phase") != "val" and label_of(one) is not None]
    deepest = max(graphs, key=lambda one: count(one, "parameters"))  # through the critic into the generator
    value = number(deepest, "value") or 0.0
    turned = texts(deepest, "root_ops").count("Neg") % 2 == 1  # then the generator flees from the label
    mine = [one for one in calls if number(one, "value") == (-value if turned else value) and one.step == deepest.step]
    if len(mine) != 1 or count(deepest, "loss_nodes") != 1:
        return
    theirs = [one for one in calls if number(one, "site") != number(mine[0], "site")]
    asked = [each for one in theirs for each in asked_of_critic(one, theirs)]
    fake, real = ({label for about, label in asked if about == name} for name in ("fake", "real"))
    if len(fake) == len(real) == 1 and fake != real and (label_of(mine[0]) in fake) != turned:
        yield Finding(onset=None, values={"first": value, "last": value}, place=place(mine[0], "at"), confidence=0.9)


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
        "loss-spike",
    ),
    confidence=0.95,
    domain=("T9",),
)
