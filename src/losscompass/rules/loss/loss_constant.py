"""A loss that does not depend on the model: the gradient reaches every parameter, and is exactly zero."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import SOFTMAX, last_operation
from ..seen import count, loops, number, place, texts, training_calls

LEAST = 2  # looks at the gradients
FLAT = {"Round", "Sign", "Floor", "Ceil", "Trunc", "Heaviside", "FloorDivide"}
"""Operations whose slope is zero wherever they have one."""
ENDS = {*SOFTMAX, "Relu", "Sigmoid", "Tanh"}
CALLS = (
    *("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "cross_entropy", "nll_loss"),
    *("binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div"),
)


def detect(run: Run) -> Iterator[Finding]:
    found = loops(run)
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
    if not loss.value.any():
        return  # a hinge that is satisfied is at zero, and has no slope there
    if any(last_operation(one) in ENDS and number(one, "input_std") == 0 for one in training_calls(run, *CALLS)):
        return  # a softmax over one unit, a ReLU that is shut: the last activation is at fault
    call = next((one for one in training_calls(run, *CALLS) if FLAT & set(texts(one, "input_ops"))), None)
    graph = run.happened("graph")[0]
    yield Finding(
        onset=None,
        values={"looks": max(len(norm) for norm in norms), "tensors": len(norms)},
        place=place(call, "input-op", "at") or place(graph, "outermost", "at"),
    )


RULE = Rule(
    id="loss-constant",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
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
