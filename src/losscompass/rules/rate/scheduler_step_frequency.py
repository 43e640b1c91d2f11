"""A scheduler stepped once a batch that counts in epochs, or once an epoch that counts in batches."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed, with_parameter
from ..seen import latest, number, place, text
from ._counted import counts_batches, counts_epochs
from ._free_schedule import sinks_by_epochs, still_rises
from ._passes import by_epoch

EPOCHS = 1.5  # passes over the data: in a single one, a decay by the batch is a plan


def detect(run: Run) -> Iterator[Finding]:
    finished = run.facts.get("ended") == "finished"
    for one in latest(run, "scheduler", "scheduler"):
        calls, steps, epochs = by_epoch(run, one)
        if calls is None or steps is None:
            continue
        by_batch = steps >= 2 and calls >= 0.9 * steps and epochs >= EPOCHS
        seldom = steps >= 4 and 0 < calls <= 1.5 and finished
        fast = by_batch and (counts_epochs(one, calls, steps, epochs) or sinks_by_epochs(run, one, epochs))
        slow = seldom and (counts_batches(one, steps) or still_rises(run, one))
        if not (fast or slow):
            continue
        change = _change(one, steps) if fast else None
        yield Finding(
            onset=None,
            values={
                "scheduler": text(one, "class") or "scheduler",
                "calls": calls,
                "steps": steps,
                "first": number(one, "lr_first") or 0.0,
                "last": number(one, "lr_last") or 0.0,
            },
            place=place(one, "step", "at"),
            change=change,
        )
        return


def _change(one: Event, steps: float) -> Change | None:
    """The same schedule, counted in batches."""
    at, whole = place(one, "at"), round(steps)
    arguments = {
        "StepLR": (1, "step_size", f"{{}} * {whole}"),
        "ExponentialLR": (1, "gamma", f"{{}} ** (1 / {whole})"),
        "CosineAnnealingLR": (1, "T_max", f"{{}} * {whole}"),
        "MultiStepLR": (1, "milestones", f"[{whole} * epoch for epoch in {{}}]"),
    }
    argument = arguments.get(text(one, "class"))
    if argument is None:
        return None
    return changed(at, lambda code: with_parameter(code, text(one, "class"), *argument))


RULE = Rule(
    id="scheduler-step-frequency",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:scheduler", optional=True),
        Need("kind:learning-rate", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("fact:ended", optional=True),
    ),
    detect=detect,
    remedies=("step-scheduler-rightly",),
    explains=(
        "scheduler-misconfigured",
        "learning-rate-too-low",
        "plateau",
        "loss-flat",
        "slow-descent",
        "loss-oscillation",
    ),
    confidence=0.97,
    domain=("T1",),
)
