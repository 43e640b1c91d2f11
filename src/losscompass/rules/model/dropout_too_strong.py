"""Dropout that leaves next to nothing of what a layer says."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import looked, number, place

STRONG = (
    0.9  # share dropped: noise of three times the signal (variance p / (1 - p) = 9). In use: 0.1 to 0.5, at most 0.8
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


RULE = Rule(
    id="dropout-too-strong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:model", optional=True)),
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
