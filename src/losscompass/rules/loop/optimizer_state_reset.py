"""An optimiser that is made anew again and again for the same tensors: what it remembers of past gradients is lost."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, flag, looked, loops, number, place, step_of, text
from ..source.lines import forgets

RESETS = 3  # of one line: a second phase of the training may well begin with a new optimiser, a third rarely does
SHORT = 100  # steps: ten times what a momentum of 0.9 remembers, a tenth of what Adam's second moment (0.999) does


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loop")
    made: dict[tuple[str, int], list[Event]] = {}
    for one in run.happened("optimizer"):
        spot = place(one, "at")
        if spot is not None and (number(one, "follows") or 0.0) >= 0 and _remembers(one) and _told(one):
            made.setdefault((spot.file, spot.line), []).append(one)
    for same in made.values():
        steps = [step for one in same if (step := step_of(one)) is not None]
        gaps = [later - earlier for earlier, later in pairwise(steps)]
        if len(same) < RESETS or len(gaps) < RESETS - 1 or not 0 < median(gaps) <= SHORT:
            continue
        yield Finding(
            onset=None,
            values={"class": text(same[0], "class") or "optimizer", "made": len(same), "gap": float(median(gaps))},
            place=place(same[0], "at"),
        )
        return
    if any(flag(model, "loaded") for model in run.happened("model")):
        return  # tasks one after the other, each from the same start
    for loop in loops(run):
        taken, lost = count(loop, "steps"), count(loop, "forgotten")
        if lost >= RESETS and taken / lost <= SHORT:
            kind = next((text(one, "class") for one in run.happened("optimizer")), "optimizer")
            yield Finding(
                onset=None,
                values={"class": kind, "made": lost, "gap": round(taken / lost, 1)},
                place=forgets(run) or place(loop, "step", "at"),
            )
            return


def _told(one: Event) -> bool:
    return number(one, "follows") is not None


def _remembers(one: Event) -> bool:
    """Plain gradient descent has nothing to lose."""
    return text(one, "class") != "SGD" or (number(one, "momentum") or 0.0) > 0


RULE = Rule(
    id="optimizer-state-reset",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("event:model", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("order-the-update",),
    explains=("slow-descent", "loss-oscillation", "plateau", "loss-spike", "learning-rate-too-low"),
    confidence=0.9,
    domain=("T9",),
)
