"""Columns that only number or name the rows: a model learns them by heart, and they mean nothing for new rows (D2)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, table, whole

FEWEST = Threshold(20, unit="rows below which that all differ is chance", basis="calibration/identifier-feature.json")
LONGEST = 64  # letters: longer ones are texts


def detect(run: Run, fewest: float = FEWEST.value) -> Iterator[Finding]:
    features = known(run, "features")
    distinct, sampled, longest, spaced, numeric = (
        column(features, key) for key in ("distinct", "sampled", "longest", "spaced", "numeric_text")
    )
    words = (
        (column(features, "kind") == "text")
        & (distinct >= 0.99 * sampled)
        & (spaced == 0)
        & (longest <= LONGEST)
        & (numeric < 0.8)
    )
    numbers = figures(features, "consecutive").astype(bool)
    hit = np.flatnonzero((words | numbers) & (sampled >= fewest))
    if hit.size == 0:
        return
    names, example = column(features, "name"), column(features, "example").astype(str)
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "different": int(distinct[hit[0]]),
            "seen": int(sampled[hit[0]]),
        },
        exhibits=table(
            ("column", "example", "different", "looked-at"),
            zip(names[hit], example[hit], whole(distinct[hit]), whole(sampled[hit]), strict=True),
        ),
    )


RULE = Rule(
    id="identifier-feature",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("drop-columns",),
    explains=("distribution-shift",),
    thresholds={"fewest": FEWEST},
    confidence=0.75,
    domain=("D2",),
)
