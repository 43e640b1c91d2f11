"""Inputs that hold nothing: missing, NaN or infinite (D2). One of them makes a network's loss NaN."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, column, figures, known, listed, number, table, whole


def detect(run: Run) -> Iterator[Finding]:
    features = known(run, "features")
    missing, infinite = figures(features, "missing"), figures(features, "infinite")
    share = missing + infinite
    hit = np.flatnonzero(share > 0)
    if hit.size == 0:
        return
    hit = hit[np.argsort(-share[hit], kind="stable")]
    names, rows = column(features, "name"), number(features, "rows")
    first = figures(features, "first_gap")
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "most": float(share[hit[0]]),
            "infinite": int(np.count_nonzero(infinite > 0)),
            "empty": int(np.count_nonzero(share >= 1)),
        },
        exhibits=table(
            ("column", "missing", "infinite", "first-row"),
            zip(
                names[hit],
                whole(np.round(missing[hit] * rows)),
                whole(np.round(infinite[hit] * rows)),
                whole(first[hit]),
                strict=True,
            ),
        ),
    )


RULE = Rule(
    id="missing-values",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("fill-missing-values",),
    explains=("non-finite-loss",),
    confidence=0.8,
    domain=("D2",),
)
