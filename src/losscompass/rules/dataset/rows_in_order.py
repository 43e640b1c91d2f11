"""Rows sorted by their target (D6, T7): batches of one class, and a split at a row number that leaves classes out."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, known, number

CHANGES = Threshold(
    0.5, unit="changes of class from row to row over those of shuffled rows", basis="calibration/rows-in-order.json"
)
MONOTONE = Threshold(0.9, unit="share of neighbours that rise or stay", basis="calibration/rows-in-order.json")
FEWEST = 50  # rows


def detect(run: Run, changes: float = CHANGES.value, monotone: float = MONOTONE.value) -> Iterator[Finding]:
    labels = known(run, "labels")
    if number(labels, "samples", 0) < FEWEST:
        return
    expected, seen, rises = (
        number(labels, "changes_expected", 0),
        number(labels, "changes", 0),
        number(labels, "monotone", 0),
    )
    sorted_classes = (
        number(labels, "classes", 0) >= 2 and expected * number(labels, "samples") >= 20 and seen < changes * expected
    )
    sorted_numbers = number(labels, "classes", 0) == 0 and rises >= monotone and number(labels, "distinct", 0) > 20
    if sorted_classes or sorted_numbers:
        share = seen / expected if sorted_classes else 1 - rises
        yield Finding(onset=None, values={"rows": int(number(labels, "samples")), "share": share})


RULE = Rule(
    id="rows-in-order",
    kind="cause",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:labels", optional=True)),
    detect=detect,
    remedies=("shuffle-rows",),
    explains=("distribution-shift",),
    thresholds={"changes": CHANGES, "monotone": MONOTONE},
    confidence=0.67,
    domain=("D6", "T7"),
)
