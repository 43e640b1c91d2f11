"""A number that stands for "missing", such as −999, among the values of a feature (D2)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, table, whole

MOST = Threshold(
    0.8,
    unit="share of the rows beyond which it is the column's usual value",
    basis="calibration/sentinel-in-features.json",
)


def detect(run: Run, most: float = MOST.value) -> Iterator[Finding]:
    features = known(run, "features")
    value, share = figures(features, "sentinel"), figures(features, "sentinel_share")
    hit = np.flatnonzero(np.isfinite(value) & (share > 0) & (share <= most))
    if hit.size == 0:
        return
    hit = hit[np.argsort(-share[hit], kind="stable")]
    names, row = column(features, "name"), figures(features, "sentinel_row")
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "value": float(value[hit[0]]),
            "share": float(share[hit[0]]),
        },
        exhibits=table(
            ("column", "value", "share", "first-row"),
            zip(names[hit], value[hit].tolist(), share[hit].tolist(), whole(row[hit]), strict=True),
        ),
    )


RULE = Rule(
    id="sentinel-in-features",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("fill-missing-values",),
    explains=("distribution-shift",),
    thresholds={"most": MOST},
    confidence=0.8,
    domain=("D2",),
)
