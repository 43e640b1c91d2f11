"""The best weights, or the end of the training, are chosen by the training loss although there is a validation."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count
from ..source import Program, calls, place_at, plain, program
from ..source.roles import Roles
from ..source.selection import choices

PASSES = 2  # of a validation


def detect(run: Run) -> Iterator[Finding]:
    read = program(run)
    passes = max((count(one, "val_passes") for one in run.happened("loop")), default=0)
    roles = Roles(read, run)
    if "val/loss" not in run.series and passes < PASSES and not _validates(read, roles):
        return  # nothing else was there to choose by: one pass is the test at the end
    chosen = [(one, roles.side(one.file, one.value)) for one in choices(read)]
    if any("val" in side for _, side in chosen):
        return  # the other is a note on the way
    for one, side in chosen:
        if side == {"train"}:
            yield Finding(onset=None, values={"name": plain(one.value)}, place=place_at(one.file, one.node))
            return


def _validates(read: Program, roles: Roles) -> bool:
    """Whether the loop that trains measures something on other data, by its text: a loss by hand leaves nothing else."""
    return any(
        one.kind == "assign"
        and one.value is not None
        and one.loops
        and roles.trains(one.loops[-1])
        and any(word in plain(one.node).lower() for word in ("val", "test", "dev"))
        and any(True for _ in calls(one.value, "item", "float"))
        and roles.without_gradient(file, one.node)
        for file in read.files
        for one in file.flow.definitions.values()
    )


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
