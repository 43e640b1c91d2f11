"""Validation looked at so rarely that the turn, if there is one, cannot be placed."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

FEW = Threshold(5, unit="validation points", basis="a turn needs two points before and two after it")
DENSE = Threshold(20, unit="training points for one of validation", basis="below this the run itself is short")


def detect(run: Run, few: float = FEW.value, dense: float = DENSE.value) -> Iterator[Finding]:
    train, validation = run.curve("train"), run.curve("val")
    if train is None or validation is None:
        return
    if len(validation) < few and len(train) >= dense * len(validation):
        yield Finding(
            onset=None,
            values={"curve": validation.name, "points": len(validation), "train_points": len(train)},
            exhibits=(Exhibit(validation.name),),
        )


RULE = Rule(
    id="sparse-validation",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(Need("curve:train"), Need("curve:val")),
    detect=detect,
    remedies=("log-validation",),
    confidence=1.0,
    thresholds={"few": FEW, "dense": DENSE},
    domain=("T10",),
)
