"""A loss that does not depend on the model: its gradient is exactly zero, or the output is compared with itself."""

from collections import defaultdict
from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import SOFTMAX, last_operation
from ..seen import count, loops, number, place, text, texts, training_calls
from ..source.lines import takes_itself_away

LEAST = 2  # looks at the gradients
FLAT = {"Round", "Sign", "Floor", "Ceil", "Trunc", "Heaviside", "FloorDivide"}
"""Operations whose slope is zero wherever they have one."""
ENDS = {*SOFTMAX, "Relu", "Sigmoid", "Tanh"}
DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
CALLS = (
    *(*DISTANCES, "cross_entropy", "nll_loss"),
    *("binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div"),
)


def detect(run: Run) -> Iterator[Finding]:
    found = loops(run)
    itself = _with_itself(run)
    if itself is not None:
        yield Finding(
            onset=None,
            values={"what": "words:loss-constant.itself", "function": text(itself, "function")},
            place=place(itself, "at"),
        )
        return
    if any(2 * count(loop, "steps_without_gradient") > count(loop, "steps") for loop in found):
        return  # cleared before the step: the loss may well have had a gradient
    norms = [track.stats["norm"] for track in run.tracks("gradient") if "norm" in track.stats]
    loss = run.curve("train")
    if (
        not norms
        or loss is None
        or not len(loss)
        or not any(count(graph, "parameters") for graph in run.happened("graph"))
    ):
        return
    if max(len(norm) for norm in norms) < LEAST or any((norm != 0).any() for norm in norms):
        return
    if any(text(one, "what") in {"loss", "gradient"} for one in run.happened("non-finite")):
        return  # a gradient that is no number is not zero
    if not loss.value.any():
        return  # a hinge that is satisfied is at zero, and has no slope there
    if any(last_operation(one) in ENDS and number(one, "input_std") == 0 for one in training_calls(run, *CALLS)):
        return  # a softmax over one unit, a ReLU that is shut: the last activation is at fault
    call = next((one for one in training_calls(run, *CALLS) if FLAT & set(texts(one, "input_ops"))), None)
    graph = run.happened("graph")[0]
    yield Finding(
        onset=None,
        values={
            "what": "words:loss-constant.slope",
            "looks": max(len(norm) for norm in norms),
            "tensors": len(norms),
        },
        place=place(call, "input-op", "at") or takes_itself_away(run) or place(graph, "outermost", "at"),
    )


def _with_itself(run: Run) -> Event | None:
    """A distance of the output from itself: zero at every look, although both sides vary, and by the same numbers."""
    calls: dict[float | None, list[Event]] = defaultdict(list)
    for one in training_calls(run, *DISTANCES):
        calls[number(one, "site")].append(one)
    for looks in calls.values():
        if len(looks) >= LEAST and all(map(_same, looks)):
            return looks[0]
    return None


def _same(call: Event) -> bool:
    sides = [[number(call, f"{side}_{what}") for what in ("min", "max", "mean", "std")] for side in ("input", "target")]
    varies = sides[0][0] != sides[0][1] and None not in sides[0]
    return number(call, "value") == 0 and varies and sides[0] == sides[1] and bool(texts(call, "input_ops"))


RULE = Rule(
    id="loss-constant",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:non-finite", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
        Need("event:loss-call", optional=True),
        Need("tensor:gradient", optional=True),
        Need("curve:train", optional=True),
    ),
    detect=detect,
    remedies=("keep-the-graph",),
    explains=(
        "embedding-collapse",
        "loss-flat",
        "plateau",
        "slow-descent",
        "chance-level-loss",
        "constant-metric",
        "loss-oscillation",
    ),
    confidence=0.95,
    domain=("T9",),
)
