"""A target in large or tiny units (D1): gradients in proportion to it, and a loss that says nothing by its size."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, known, number, text

SIZE = Threshold(20.0, unit="size of the target, where 1 is standardised", basis="calibration/target-not-scaled.json")
TINY = 1e-3
EXTREME = 1e6  # single precision no longer holds its squares beside what is left of them


def detect(run: Run, size: float = SIZE.value) -> Iterator[Finding]:
    target = known(run, "target")
    if target.data.get("task") != "regression":
        return
    mean, std = number(target, "mean", 0), number(target, "std", 0)
    biggest = max(abs(mean), std)
    if std <= 0 or (biggest < size and std > TINY):
        return
    yield Finding(
        onset=None,
        values={"column": text(target, "name"), "mean": mean, "std": std, "variance": std * std},
        severity=Severity.WARNING if biggest >= EXTREME else None,
    )


RULE = Rule(
    id="target-not-scaled",
    kind="cause",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:target", optional=True)),
    detect=detect,
    remedies=("scale-inputs",),
    explains=("loss-divergence", "initial-loss-off"),
    thresholds={"size": SIZE},
    confidence=0.75,
    domain=("D1",),
)
