"""Validation rows from before the end of training (D5): the model has seen the future it is to foretell."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, known, number, text

SHARE = Threshold(
    0.2,
    unit="share of the validation rows that lie before the last training row",
    basis="calibration/time-overlap.json",
)


def detect(run: Run, share: float = SHARE.value) -> Iterator[Finding]:
    times = known(run, "times")
    before = number(times, "before_end", 0)
    if before < share or number(times, "train_high") <= number(times, "train_low"):
        return
    yield Finding(onset=None, values={"column": text(times, "column"), "share": before})


RULE = Rule(
    id="time-overlap",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:times", optional=True)),
    detect=detect,
    remedies=("split-again",),
    thresholds={"share": SHARE},
    confidence=0.75,
    domain=("D5",),
)
