"""Rows without a target (D2): they cannot be learned from, and read as a class of their own if nobody looks."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, known, number, text


def detect(run: Run) -> Iterator[Finding]:
    target = known(run, "target")
    missing = number(target, "missing", 0)
    if missing > 0:
        yield Finding(
            onset=None,
            values={
                "column": text(target, "name"),
                "share": missing,
                "count": round(missing * number(target, "rows", 0)),
                "first": int(number(target, "first_missing", 0)),
            },
            severity=Severity.CRITICAL if missing >= 1 else None,
        )


RULE = Rule(
    id="missing-target",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:target", optional=True)),
    detect=detect,
    remedies=("check-labels",),
    explains=("non-finite-loss",),
    confidence=0.75,
    domain=("D2",),
)
