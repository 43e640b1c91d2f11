"""Rows that are there more than once (D6): they count double, and a split made afterwards puts copies on both sides."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, figures, known, number, table, whole

SHARE = Threshold(0.01, unit="share of the rows that repeat an earlier one", basis="calibration/duplicate-rows.json")
CHANCE = Threshold(
    0.01, unit="chance of a twin among as many rows of independent columns", basis="calibration/duplicate-rows.json"
)


def detect(run: Run, share: float = SHARE.value, chance: float = CHANCE.value) -> Iterator[Finding]:
    twins = known(run, "duplicates")
    repeated, expected = number(twins, "share", 0), number(twins, "chance", 1)
    if repeated < share or expected > chance:
        return
    pairs = zip(whole(figures(twins, "first_seen")), whole(figures(twins, "repeated")), strict=True)
    yield Finding(
        onset=None,
        values={
            "share": repeated,
            "count": round(repeated * number(twins, "rows")),
            "rows": int(number(twins, "rows")),
        },
        exhibits=table(("row", "same-as"), ((later, earlier) for earlier, later in pairs)),
    )


RULE = Rule(
    id="duplicate-rows",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:duplicates", optional=True)),
    detect=detect,
    remedies=("drop-duplicates",),
    thresholds={"share": SHARE, "chance": CHANCE},
    confidence=0.75,
    domain=("D6",),
)
