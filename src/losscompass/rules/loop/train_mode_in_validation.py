"""A model that is validated in training mode: dropout drops, batch norm normalises by the batch and learns from it."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import called_name, changed, is_plain, receiver_of, same_scope
from ..seen import count, loops, place, text

EPISODES, RARE = 2, 3  # times that a model was called without gradients; steps to each of them, at least


def detect(run: Run) -> Iterator[Finding]:
    for loop in loops(run):
        checked, wrong = count(loop, "val_checked"), count(loop, "val_in_train")
        if not checked or 2 * wrong <= checked or not count(loop, "mode_sensitive"):
            continue
        if not count(loop, "steps") or not count(loop, "val_passes"):
            continue  # nothing is trained, or what ran without gradients was no validation (targets, samples)
        forward, switched = place(loop, "val-forward"), place(loop, "eval")
        if (
            same_scope(forward, switched)
            and forward is not None
            and switched is not None
            and switched.line < forward.line
        ):
            continue  # eval() was called, and dropout switched on again: Monte Carlo dropout
        change = _change(run, loop)
        yield Finding(
            onset=None,
            values={"checked": checked, "wrong": wrong, "modules": count(loop, "mode_sensitive")},
            place=place(loop, "val-forward", "at"),
            change=change,
        )
        return
    yield from _of_calls(run)


def _of_calls(run: Run) -> Iterator[Finding]:
    """Of losses by hand: a model that is called without gradients now and then, always in training mode, and never put into the other."""
    found = loops(run)
    if len(found) != 1 or run.facts.get("reinforcement") is True:
        return  # who makes samples for a critic, or acts, is meant to go on as in training
    (loop,) = found
    called, episodes, steps = (count(loop, key) for key in ("called", "episodes", "steps"))
    if count(loop, "val_checked") or place(loop, "eval") is not None or called != count(loop, "called_in_train"):
        return
    if episodes < EPISODES or episodes * RARE > steps or not count(loop, "mode_sensitive"):
        return  # once a step: a teacher, a target, a key
    where = place(loop, "val-call")
    if where is not None:
        values = {"checked": called, "wrong": called, "modules": count(loop, "mode_sensitive")}
        yield Finding(onset=None, values=values, place=where, confidence=0.8)


def _change(run: Run, loop: Event) -> Change | None:
    """Eval mode before the forward; and training mode after it where the loop does not switch back by itself."""
    forward, train = place(loop, "val-forward"), place(loop, "train")
    known = receiver_of(train, "train") if same_scope(train, forward) else None
    name = called_name(forward, [known or "", *(text(model, "variable") for model in run.happened("model"))])
    if name is None:
        return None
    if train is not None:
        begins = place(loop, "val-pass")  # the line that begins the pass, where it can be seen that it does
        before = (
            begins if same_scope(begins, forward) and begins is not None and begins.code.startswith("for ") else forward
        )
        return changed(before, lambda code: f"{name}.eval()\n{code}")
    return changed(forward, lambda code: f"{name}.eval()\n{code}\n{name}.train()" if is_plain(code) else None)


RULE = Rule(
    id="train-mode-in-validation",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:model", optional=True),
        Need("fact:reinforcement", optional=True),
    ),
    detect=detect,
    remedies=("switch-modes",),
    explains=("generalization-gap", "loss-oscillation", "loss-spike"),
    confidence=0.9,
    domain=("T9",),
)
