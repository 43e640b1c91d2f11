"""zero_grad, backward and step in an order in which every step finds its gradient cleared."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import same_scope, swapped
from ..seen import count, loops, number, place, text
from ..source import place_at, program_told
from ..source.setup import cleared_first

ROUNDS, STAYS = 10, 0.9  # of backward; share of the first loss that is left
LEAST = 3  # steps
NAMES = {"F": "forward", "B": "backward", "Z": "zero_grad", "S": "step"}


def detect(run: Run) -> Iterator[Finding]:
    for loop in loops(run):
        if (found := _by_hand(run, loop)) is not None:
            yield found
            return
        steps, empty = count(loop, "steps"), count(loop, "steps_without_gradient")
        order = text(loop, "order")
        if steps < LEAST or empty < steps - 1 or not always_cleared(order):
            continue
        change = _change(loop)
        yield Finding(
            onset=None,
            values={"steps": steps, "empty": empty, "order": " → ".join(NAMES[act] for act in order if act in NAMES)},
            place=change.place
            if change
            else place(loop, "zero-grad") or _cleared(run, loop) or place(loop, "step", "at"),
            change=change,
        )


def _cleared(run: Run, loop: Event) -> Place | None:
    """Where the source clears gradients by hand between the backward and what uses them."""
    backward = place(loop, "backward")
    if backward is None:
        return None
    found = cleared_first(program_told(run), backward.file, backward.line, steps=True)
    return place_at(*found) if found is not None else None


def _by_hand(run: Run, loop: Event) -> Finding | None:
    """Of weights that are moved by hand: they never move, and the source clears the gradients before it uses them."""
    backward, curve, rounds = place(loop, "backward"), run.curve("train"), count(loop, "backwards")
    none = (number(loop, "optimizer") or 0) < 0 and not count(loop, "by_hand")
    if not none or rounds < ROUNDS or backward is None or curve is None or not len(curve):
        return None
    if bool(np.median(curve.value[-5:]) < STAYS * np.median(curve.value[:5])):
        return None
    found = cleared_first(program_told(run), backward.file, backward.line)
    if found is None:
        return None
    order = " → ".join(NAMES[act] for act in "BZS")
    return Finding(onset=None, values={"steps": rounds, "empty": rounds, "order": order}, place=place_at(*found))


def always_cleared(order: str) -> bool:
    """Whether, going round from each backward, a clearing comes before the step that should use its gradient."""
    after = [order[at + 1 :] + order[: at + 1] for at, act in enumerate(order) if act == "B"]
    used = [next((act for act in rest if act in "SZ"), "") for rest in after]
    return bool(used) and "S" in order and all(act == "Z" for act in used)


def _change(loop: Event) -> Change | None:
    zero, backward, step = place(loop, "zero-grad"), place(loop, "backward"), place(loop, "step")
    if same_scope(step, backward) and step is not None and backward is not None and step.line < backward.line:
        return swapped(step, backward)
    return swapped(backward, zero) or swapped(zero, step)


RULE = Rule(
    id="update-order-wrong",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:source", optional=True),
        Need("curve:train", optional=True),
    ),
    detect=detect,
    remedies=("order-the-update",),
    explains=("loss-flat", "plateau", "slow-descent", "chance-level-loss", "constant-metric", "loss-oscillation"),
    confidence=0.97,
    domain=("T9",),
)
