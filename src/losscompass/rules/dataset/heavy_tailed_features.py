"""Features whose values span powers of ten to one side: their logarithm spreads evenly (D1)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, table

SKEW = Threshold(3.0, unit="skewness", basis="calibration/heavy-tailed-features.json")


def detect(run: Run, skew: float = SKEW.value) -> Iterator[Finding]:
    features = known(run, "features")
    leans, logs = figures(features, "skew"), figures(features, "log_skew")
    jump = figures(features, "far_jump")
    hit = np.flatnonzero((leans >= skew) & (np.abs(logs) <= leans / 3) & (jump < 10))
    if hit.size == 0:
        return
    hit = hit[np.argsort(-leans[hit], kind="stable")]
    names, median, high = column(features, "name"), figures(features, "median"), figures(features, "high")
    yield Finding(
        onset=None,
        values={"columns": int(hit.size), "names": listed(names[hit]), "skew": float(leans[hit[0]])},
        exhibits=table(
            ("column", "median", "highest", "skew"),
            zip(names[hit], median[hit].tolist(), high[hit].tolist(), leans[hit].tolist(), strict=True),
        ),
    )


RULE = Rule(
    id="heavy-tailed-features",
    kind="cause",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("transform-tails",),
    thresholds={"skew": SKEW},
    confidence=0.75,
    domain=("D1",),
)
