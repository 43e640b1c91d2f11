"""A loop that computes the loss and steps, and never calls backward."""

import ast
from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..idle import unreached
from ..rewrite import assigned_name, line_before, same_scope
from ..seen import count, loops, place, text
from ..source import last_name, place_at, program_told

LEAST = 3  # steps, or clearings where no step was made
CALLED = 0.3  # times a step: forwards are counted on the steps that are looked at, and for a while


def detect(run: Run) -> Iterator[Finding]:
    found = loops(run)
    idle = next((one for one in unreached(run) if one.cut is None), None)
    if idle is not None:
        steps, forwards = count(idle.loop, "steps"), count(idle.loop, "forwards")
        made = next(
            (one for one in run.happened("optimizer") if one.data.get("number") == idle.loop.data.get("optimizer")),
            None,
        )
        values: dict[str, float | str] = {
            "what": "words:backward-missing.one",
            "optimizer": (made and text(made, "variable")) or "optimizer",
            "steps": steps,
            "losses": count(idle.loop, "losses") or forwards,
            "forwards": forwards,
        }
        where = _steps_of(run, str(values["optimizer"])) or place(idle.loop, "step", "at")
        yield Finding(onset=None, values=values, confidence=0.85, place=where)
        return
    if any(
        count(loop, "any_backwards")
        or count(loop, "backwards")
        or count(loop, "failed_backwards")
        or count(loop, "skipped_steps")
        for loop in found
    ):
        return
    for loop in found:
        steps = count(loop, "steps")
        # gradients that are made by other means (torch.autograd.grad, written into .grad) give steps with a gradient
        if max(steps, count(loop, "zero_grads")) < LEAST or count(loop, "steps_without_gradient") < steps:
            continue
        # A loss that is written by hand is not seen; a model that is called in training, and a source without a backward, are.
        often = count(loop, "forwards") >= CALLED * max(steps, LEAST)
        if not count(loop, "losses") and not (often and _never_written(run)):
            continue
        if not count(loop, "forwards"):
            continue
        loss, step = place(loop, "loss"), place(loop, "step")
        name = assigned_name(loss) if same_scope(loss, step) else None
        change = line_before(step, f"{name}.backward()" if name else None)
        yield Finding(
            onset=None,
            values={
                "what": "words:backward-missing.never",
                "steps": steps,
                "losses": count(loop, "losses") or count(loop, "forwards"),
                "forwards": count(loop, "forwards"),
            },
            # The loss may be computed in a function of its own: the backward is missing where the step is.
            place=change.place if change else (loss if same_scope(loss, step) else step) or loss or place(loop, "at"),
            change=change,
        )


def _steps_of(run: Run, name: str) -> Place | None:
    """The only line of the program in which the optimiser of that name steps."""
    found = [
        place_at(file, call)
        for file, call in program_told(run).calls_of.get("step", [])
        if isinstance(call.func, ast.Attribute) and last_name(call.func.value) == name
    ]
    return found[0] if len(found) == 1 else None


def _never_written(run: Run) -> bool:
    """Whether the source is known, and calls nothing that makes gradients."""
    read = program_told(run)
    makers = ("backward", "grad", "manual_backward", "value_and_grad", "vjp")
    return bool(read.files) and not any(read.calls_of.get(name) for name in makers)


RULE = Rule(
    id="backward-missing",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:coverage", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("order-the-update",),
    explains=("loss-flat", "plateau", "chance-level-loss", "constant-metric", "loss-oscillation"),
    confidence=0.97,
    domain=("T9",),
)
