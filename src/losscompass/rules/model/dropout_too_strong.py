"""Dropout that leaves next to nothing of what a layer says."""

from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import looked, number, place
from ..source import ancestors, constant, place_at, program_told
from ..source.shape import Function, argument

FUNCTIONS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
STRONG = (
    0.85  # share dropped: noise of over twice the signal (variance p / (1 - p) = 5.7). In use: 0.1 to 0.5, at most 0.8
)


def detect(run: Run) -> Iterator[Finding]:
    for model in looked(run, "model"):
        rate = number(model, "dropout_high")
        if rate is None or not STRONG <= rate <= 1:
            continue
        yield Finding(
            onset=None,
            values={"rate": rate, "kept": 1 - rate},
            place=place(model, "dropout", "at"),
        )
        return
    if (called := _by_function(run)) is not None:
        yield Finding(onset=None, values={"rate": called[0], "kept": 1 - called[0]}, place=called[1])


def _by_function(run: Run) -> tuple[float, Place] | None:
    """The strongest dropout that is called as a function in a part of the program that is used."""
    read = program_told(run)
    found = []
    for name in FUNCTIONS:
        for file, call in read.calls_of.get(name, []):
            given = argument(call, 1, "p")
            rate = None if given is None else constant(read, file, given)
            function = next((one for one in ancestors(call, file.parents) if isinstance(one, Function)), None)
            if rate is not None and STRONG <= rate <= 1 and (function is None or read.is_used(function)):
                found.append((rate, place_at(file, call)))
    return max(found, key=lambda one: one[0]) if found else None


RULE = Rule(
    id="dropout-too-strong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:model", optional=True), Need("event:source", optional=True)),
    detect=detect,
    remedies=("overfit-one-batch",),
    explains=(
        "plateau",
        "loss-flat",
        "slow-descent",
        "chance-level-loss",
        "validation-below-train",
        "loss-oscillation",
    ),
    confidence=0.9,
    domain=("T9",),
)
