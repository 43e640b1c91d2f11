"""A target with one value only: there is nothing to learn (J3)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, column, known, number, text


def detect(run: Run) -> Iterator[Finding]:
    target = known(run, "target")
    if number(target, "distinct", 0) != 1:
        return
    classes = column(target, "classes")
    value = str(classes[0]) if classes.size else f"{number(target, 'mean'):.6g}"
    yield Finding(
        onset=None, values={"column": text(target, "name"), "value": value, "rows": int(number(target, "rows", 0))}
    )


RULE = Rule(
    id="constant-target",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(AUDITED, Need("event:target", optional=True)),
    detect=detect,
    remedies=("check-labels",),
    confidence=0.67,
    domain=("J3",),
)
