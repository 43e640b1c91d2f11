"""Gradients that are not cleared between steps: every step follows the sum over all batches so far."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import line_after, line_before, optimizer_of, receiver_of, same_scope
from ..seen import count, loops, number, place

LEAST = 3  # steps: before the second, nothing can have been left over


def detect(run: Run) -> Iterator[Finding]:
    for loop in loops(run):
        steps, cleared, old = (count(loop, key) for key in ("steps", "zero_grads", "backwards_onto_old"))
        if not steps:  # no optimiser: the parameters were seen to change between two backwards
            steps, cleared, old = count(loop, "by_hand"), 0, count(loop, "by_hand_onto_old")
        if steps < LEAST or 2 * cleared > steps or 2 * old <= steps:
            continue
        change = _change(loop)
        yield Finding(
            onset=None,
            values={"steps": steps, "cleared": cleared, "old": old},
            place=change.place if change else place(loop, "backward", "step", "at"),
            change=change,
        )


def _change(loop: Event) -> Change | None:
    step, backward = place(loop, "step"), place(loop, "backward")
    name = optimizer_of(step)
    if name is None:
        return None
    if backward is not None and backward.function == name:  # `optimizer.step(closure)`
        return line_before(backward, f"{receiver_of(step, 'step')}.zero_grad()")
    if same_scope(step, backward) and (number(loop, "backwards_per_step") or 1) <= 1:
        return line_before(backward, f"{name}.zero_grad()")
    return line_after(step, f"{name}.zero_grad()")  # several backwards a step: clearing before each would undo them


RULE = Rule(
    id="missing-zero-grad",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:loop", optional=True)),
    detect=detect,
    remedies=("clear-gradients",),
    explains=(
        "loss-divergence",
        "loss-oscillation",
        "loss-spike",
        "non-finite-loss",
        "loss-flat",
        "plateau",
        "slow-descent",
        "chance-level-loss",
        "constant-metric",
    ),
    confidence=0.97,
    domain=("T9",),
)
