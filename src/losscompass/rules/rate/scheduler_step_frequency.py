"""A scheduler stepped once a batch that counts in epochs, or once an epoch that counts in batches."""

from collections.abc import Iterator
from math import log

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed, with_parameter
from ..seen import count, latest, number, numbers, place, text
from ._free_schedule import MEANT, SPENT, sinks_by_epochs, still_rises
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
        fast = by_batch and (_counts_epochs(one, calls, steps, epochs) or sinks_by_epochs(run, one, epochs))
        slow = seldom and (_counts_batches(one, steps) or still_rises(run, one))
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


def _counts_epochs(one: Event, calls: float, steps: float, epochs: float) -> bool:
    """Whether, stepped by the batch, it spends the rate within an epoch, or swings to and fro where it should sink once."""
    gamma, size = number(one, "gamma"), number(one, "step_size")
    low, high = number(one, "lr_low"), number(one, "lr_high")
    match text(one, "class"):
        case "StepLR" | "ExponentialLR" as kind:
            every = 1.0 if kind == "ExponentialLR" else size
            if gamma is None or not 0 < gamma < 1 or every is None or every < 1:
                return False
            within_an_epoch = calls / every * log(gamma) <= log(SPENT)
            # Spent when two thirds of the run are over, where by the epoch it would sink as far as a schedule should.
            spent = 2 / 3 * calls * epochs / every * log(gamma) <= log(SPENT)
            return within_an_epoch or (spent and epochs >= every and epochs / every * log(gamma) >= log(MEANT))
        case "MultiStepLR":
            milestones = numbers(one, "milestones")
            return len(milestones) >= 1 and 2 * max(milestones) <= steps and max(milestones) >= 2
        case "CosineAnnealingLR":
            half = number(one, "T_max") or 0.0
            planned = 2 * half <= steps or round(epochs) == half
            return half >= 2 and planned and count(one, "calls") >= 3 * half
        case "PolynomialLR" | "LinearLR":
            sinks = (number(one, "lr_last") or 0.0) < (number(one, "lr_first") or 0.0)
            length = number(one, "total_iters") or 0.0
            return length >= 2 and sinks and round(epochs) == length
        case "ReduceLROnPlateau":
            patience = number(one, "patience")
            few = patience is not None and patience < steps
            return few and low is not None and high is not None and low <= SPENT * high
        case _:
            return False


def _counts_batches(one: Event, steps: float) -> bool:
    """Whether its whole length is a number of batches, of which not half was used when the run was over."""
    keys = {"OneCycleLR": "total_steps", "CosineAnnealingLR": "T_max", "PolynomialLR": "total_iters"}
    length = number(one, keys.get(text(one, "class"), "")) or 0.0
    whole = abs(length / steps - round(length / steps)) < 1e-6
    return whole and length >= 2 * steps and 2 * count(one, "calls") < length


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
        *("scheduler-misconfigured", "learning-rate-too-low", "plateau"),
        *("loss-flat", "slow-descent", "loss-oscillation"),
    ),
    confidence=0.97,
    domain=("T1",),
)
