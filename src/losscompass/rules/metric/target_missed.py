"""The value that was asked for is not reached."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity
from ._target import target_of


def detect(run: Run) -> Iterator[Finding]:
    series, target = target_of(run)
    score = series.role.direction * series.value
    at = int(score.argmax())
    if score[at] < series.role.direction * target:
        yield Finding(
            onset=float(series.step[-1]),
            values={
                "series": series.name,
                "target": target,
                "best": float(series.value[at]),
                "step": float(series.step[at]),
            },
            exhibits=(Exhibit(series.name, marks=(float(series.step[at]),)),),
        )


RULE = Rule(
    id="target-missed",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("fact:target"), Need("fact:target-value"), Need("*")),
    detect=detect,
    remedies=("train-longer", "larger-model"),
    confidence=1.0,
    domain=("J9",),
)
