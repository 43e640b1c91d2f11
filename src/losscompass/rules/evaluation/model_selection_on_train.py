"""The best weights, or the end of the training, are chosen by the training loss although there is a validation."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count
from ..source import place_at, plain, program
from ..source.roles import Roles
from ..source.selection import choices

PASSES = 2  # of a validation


def detect(run: Run) -> Iterator[Finding]:
    read = program(run)
    passes = max((count(one, "val_passes") for one in run.happened("loop")), default=0)
    if "val/loss" not in run.series and passes < PASSES:
        return  # nothing else was there to choose by: one pass is the test at the end
    roles = Roles(read, run)
    chosen = [(one, roles.side(one.file, one.value)) for one in choices(read)]
    if any("val" in side for _, side in chosen):
        return  # the other is a note on the way
    for one, side in chosen:
        if side == {"train"}:
            yield Finding(onset=None, values={"name": plain(one.value)}, place=place_at(one.file, one.node))
            return


RULE = Rule(
    id="model-selection-on-train",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:source", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:loop", optional=True),
        Need("event:loader", optional=True),
        Need("event:labels", optional=True),
        Need("event:samples", optional=True),
        Need("val/loss", points=PASSES, optional=True),
    ),
    detect=detect,
    remedies=("keep-best-checkpoint",),
    explains=("overfitting", "generalization-gap", "training-past-best"),
    confidence=0.9,
    domain=("D5",),
)
