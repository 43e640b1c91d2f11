"""Accumulated gradients that are lost (cleared after every batch, stepped after several), or summed where a mean was meant."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed
from ..seen import count, loops, number, place, text, texts

LEAST = 3  # steps
DIVIDED = 1.5  # times smaller than the backward left it
MEAN = 0.02  # how far the weights of a mean may be from adding up to 1
CLOSURES = {"LBFGS"}  # they call back for the gradient several times a step


def detect(run: Run) -> Iterator[Finding]:
    found = [loop for loop in loops(run) if count(loop, "steps") >= LEAST]
    lines = {number(graph, "site") for graph in run.happened("graph")}
    if len(lines) != 1 or len(found) != 1:
        return  # losses that are back-propagated on lines of their own each have a meaning of their own
    (loop,) = found
    steps, backwards, cleared = (count(loop, key) for key in ("steps", "backwards", "zero_grads"))
    if any(text(one, "class") in CLOSURES for one in run.happened("optimizer")):
        return
    if backwards < 2 * steps or steps <= count(loop, "epochs") + 1 or count(loop, "retained"):
        return  # one step a pass is another fault, and has its own rule
    if cleared >= 0.9 * backwards:
        yield Finding(
            onset=None,
            values={"batches": round(backwards / steps), "lost": round(backwards / steps) - 1, "steps": steps},
            place=place(loop, "zero-grad", "step", "at"),
        )
    elif 0.9 * steps <= cleared <= 1.1 * steps + 1 and _summed(run, loop, backwards):
        times = round(number(loop, "backwards_per_step") or backwards / steps)
        backward = place(loop, "backward")
        plain = f"{'loss' if backward is None else backward.code.removesuffix('.backward()')}.backward()"
        yield Finding(
            onset=None,
            values={"batches": times, "lost": 0, "steps": steps},
            severity=Severity.WARNING,
            confidence=0.8,
            place=place(loop, "backward", "at"),
            change=changed(
                backward,
                lambda code: f"({code.removesuffix('.backward()')} / {times}).backward()" if code == plain else None,
            ),
        )


def _summed(run: Run, loop: Event, backwards: int) -> bool:
    """Whether each batch brings a mean of its own, nothing divides it, and the steps grow with the sum."""
    reductions = {text(call, "reduction") for call in run.happened("loss-call") if text(call, "phase") != "val"}
    losses = count(loop, "losses")
    if (number(loop, "shrunk") or 1.0) > DIVIDED:
        return False  # the sum is made a mean by hand, before the step
    graphs, scaled = run.happened("graph"), False
    if not reductions and not losses:  # written by hand: the graph tells how it was put together
        means = [number(graph, "total_weight") for graph in graphs]
        whole = all(one is not None and abs(one - 1.0) <= MEAN for one in means) if any(means) else None
        plain = {texts(graph, "root_ops")[:1] for graph in graphs} == {("Mean",)}
        reductions, losses = ({"mean"} if whole or (whole is None and plain) else set()), backwards
    else:
        scaled = any(
            (number(g, "scaled_by") or 1) != 1 or texts(g, "root_ops")[:1] in {("Div",), ("Mul",)} for g in graphs
        )
    return _grows(run, loop) and reductions == {"mean"} and not scaled and losses >= 0.9 * backwards


def _grows(run: Run, loop: Event) -> bool:
    """Whether most steps grow with the gradient: SGD whose clipping, if there is any, leaves most of them alone."""
    made = {number(one, "number"): text(one, "class") for one in run.happened("optimizer")}
    return (
        len(made) == 1
        and {"SGD", "ASGD"} >= set(made.values())
        and count(loop, "clips_biting") <= count(loop, "clips") / 2
    )


RULE = Rule(
    id="gradient-accumulation-wrong",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loss-call", optional=True),
    ),
    detect=detect,
    remedies=("order-the-update",),
    explains=("loss-divergence", "loss-oscillation", "loss-spike", "slow-descent", "plateau", "learning-rate-too-high"),
    confidence=0.95,
    domain=("T9",),
)
