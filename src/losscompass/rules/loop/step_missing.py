"""A loop that back-propagates and clears, and never lets its optimiser step."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import line_after, receiver_of, same_scope
from ..seen import count, loops, number, place, text

LEAST = 3  # rounds of clearing and backward


def detect(run: Run) -> Iterator[Finding]:
    found = loops(run)
    idle = not any(count(loop, "steps") for loop in found)
    for loop in found:
        backwards, cleared = count(loop, "backwards"), count(loop, "zero_grads")
        if (number(loop, "optimizer") or 0) < 0 or count(loop, "steps") or count(loop, "skipped_steps"):
            continue  # no optimiser: the weights may be moved by hand
        # A gradient that was cleared was not waiting for the end of an accumulation; nor is it after a whole epoch.
        whole = idle and count(loop, "epochs") >= 1
        if backwards < LEAST or not (cleared >= LEAST or whole):
            continue
        change = _change(run, loop)
        yield Finding(
            onset=None,
            values={"backwards": backwards, "cleared": cleared},
            place=change.place if change else place(loop, "backward", "at"),
            change=change,
        )


def _change(run: Run, loop: Event) -> Change | None:
    backward, zero = place(loop, "backward"), place(loop, "zero-grad")
    number_ = number(loop, "optimizer")
    variable = next(
        (text(one, "variable") for one in run.happened("optimizer") if number(one, "number") == number_), ""
    )
    cleared = receiver_of(zero, "zero_grad") if same_scope(zero, backward) else None
    if variable and cleared and cleared.split(".")[-1] == variable.split(".")[-1]:  # not `model.zero_grad()`
        return line_after(backward, f"{cleared}.step()")
    known = variable if same_scope(place(loop, "at"), backward) else ""
    return line_after(backward, f"{known}.step()" if known else None)


RULE = Rule(
    id="step-missing",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:loop", optional=True), Need("event:optimizer", optional=True)),
    detect=detect,
    remedies=("order-the-update",),
    explains=("loss-flat", "plateau", "chance-level-loss", "constant-metric", "loss-oscillation"),
    confidence=0.97,
    domain=("T9",),
)
