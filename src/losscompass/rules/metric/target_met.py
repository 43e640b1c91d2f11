"""The value that was asked for is reached."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity
from ._target import target_of


def detect(run: Run) -> Iterator[Finding]:
    series, target = target_of(run)
    met = np.flatnonzero(series.role.direction * series.value >= series.role.direction * target)
    if met.size:
        at = float(series.step[met[0]])
        yield Finding(
            onset=at,
            values={"series": series.name, "target": target, "step": at, "last": float(series.value[-1])},
            exhibits=(Exhibit(series.name, marks=(at,)),),
        )


RULE = Rule(
    id="target-met",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(Need("fact:target"), Need("fact:target-value"), Need("*")),
    detect=detect,
    remedies=("keep-best-checkpoint",),
    confidence=1.0,
    domain=("J9",),
)
