"""Training and validation do not have the same columns (D8)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, column, known, listed


def detect(run: Run) -> Iterator[Finding]:
    shift = known(run, "shift")
    mine, theirs = column(shift, "only_train"), column(shift, "only_val")
    if mine.size or theirs.size:
        yield Finding(
            onset=None,
            values={"train": int(mine.size), "val": int(theirs.size), "names": listed([*mine, *theirs])},
        )


RULE = Rule(
    id="columns-differ",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:shift", optional=True)),
    detect=detect,
    remedies=("fit-on-training-only",),
    confidence=0.75,
    domain=("D8",),
)
