"""Columns that hold one value only: they tell nothing (D2)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, column, known, listed, table, whole


def detect(run: Run) -> Iterator[Finding]:
    features = known(run, "features")
    low, high, distinct, missing = (column(features, key) for key in ("low", "high", "distinct", "missing"))
    text = column(features, "kind") == "text"
    hit = np.flatnonzero((np.where(text, distinct == 1, low == high)) & (missing == 0))
    if hit.size == 0:
        return
    names, example = column(features, "name"), column(features, "example").astype(str)
    yield Finding(
        onset=None,
        values={"columns": int(hit.size), "of": int(names.size), "names": listed(names[hit])},
        exhibits=table(
            ("column", "value", "different"), zip(names[hit], example[hit], whole(distinct[hit]), strict=True)
        ),
        severity=Severity.WARNING if hit.size == names.size else None,
    )


RULE = Rule(
    id="constant-feature",
    kind="cause",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("drop-columns",),
    confidence=0.75,
    domain=("D2",),
)
