"""A model that is trained in eval mode: dropout does nothing, batch norm neither uses nor updates its statistics."""

from collections.abc import Iterator

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import called_name, line_before, receiver_of, same_scope
from ..seen import count, flag, loops, place, text

LEAST = 3  # forwards looked at
LATE = 8  # the last ones


def detect(run: Run) -> Iterator[Finding]:
    loaded = any(flag(model, "loaded") for model in run.happened("model"))
    for loop in loops(run):
        checked, in_eval = count(loop, "train_checked"), count(loop, "train_in_eval")
        steps = count(loop, "steps")
        for_good = count(loop, "train_in_eval_late") >= LATE  # put there by its first validation, and never back
        if (
            checked < LEAST
            or (2 * in_eval < checked and not for_good)
            or not steps
            or not count(loop, "mode_sensitive")
        ):
            continue
        if in_eval < checked and count(loop, "forwards") > 2 * count(loop, "backwards"):
            continue  # adversarial examples are made in eval mode, and then learned in training mode
        change = _change(run, loop)
        yield Finding(
            onset=None,
            values={"checked": checked, "wrong": in_eval, "modules": count(loop, "mode_sensitive")},
            severity=Severity.NOTE if loaded and in_eval == checked else None,  # statistics of before, kept on purpose
            place=_where(loop, change),
            change=change,
        )
        return


def _where(loop: Event, change: Change | None) -> Place | None:
    """The line that put the model there, where it stands in another function than the training; else where training mode is missing."""
    switched = place(loop, "switched")
    if switched is not None and not same_scope(switched, place(loop, "forward")):
        return switched
    return change.place if change else place(loop, "forward", "eval", "at")


def _change(run: Run, loop: Event) -> Change | None:
    forward, switched, begins = place(loop, "forward"), place(loop, "eval"), place(loop, "train-pass")
    name = receiver_of(switched, "eval") if same_scope(switched, forward) else None
    called = called_name(forward, [name or "", *(text(model, "variable") for model in run.happened("model"))])
    # Before the pass rather than in each of its steps, where the line that begins it is known.
    whole = begins if begins is not None and same_scope(begins, forward) and begins.code.startswith("for ") else forward
    return line_before(whole, f"{called}.train()" if called else None)


RULE = Rule(
    id="eval-mode-in-training",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:loop", optional=True), Need("event:model", optional=True)),
    detect=detect,
    remedies=("switch-modes",),
    explains=("overfitting", "generalization-gap", "loss-divergence", "loss-spike", "slow-descent"),
    confidence=0.95,
    domain=("T9",),
)
