"""Rows with the same inputs and different targets: no model can be right on all of them (D4)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, figures, known, number, table, whole

SHARE = Threshold(0.005, unit="share of the rows", basis="calibration/conflicting-labels.json")
CHANCE = 0.01  # of a twin by chance: above it, rows with the same inputs are no copies


def detect(run: Run, share: float = SHARE.value) -> Iterator[Finding]:
    twins, target = known(run, "duplicates"), known(run, "target")
    conflicts = number(twins, "conflicts", 0)
    if conflicts < share or number(twins, "chance", 1) > CHANCE or target.data.get("task") == "regression":
        return
    pairs = zip(whole(figures(twins, "conflicting_with")), whole(figures(twins, "conflicting")), strict=True)
    yield Finding(
        onset=None,
        values={
            "share": conflicts,
            "count": round(conflicts * number(twins, "rows")),
            "rows": int(number(twins, "rows")),
        },
        exhibits=table(("row", "other-row"), pairs),
    )


RULE = Rule(
    id="conflicting-labels",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:duplicates", optional=True), Need("event:target", optional=True)),
    detect=detect,
    remedies=("review-labels",),
    explains=("label-noise",),
    thresholds={"share": SHARE},
    confidence=0.75,
    domain=("D4",),
)
