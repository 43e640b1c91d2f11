"""Columns of text: a network takes numbers only (D2)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ._columns import AUDITED, column, figures, known, listed, table, whole

MANY = 50  # values of a column, beyond which one column a value is no way


def detect(run: Run) -> Iterator[Finding]:
    features = known(run, "features")
    text, numeric = column(features, "kind") == "text", figures(features, "numeric_text")
    distinct, sampled = figures(features, "distinct"), figures(features, "sampled")
    hit = np.flatnonzero(text & (numeric < 0.8) & (distinct > 1))
    if hit.size == 0:
        return
    names, example = column(features, "name"), column(features, "example").astype(str)
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "many": int(np.count_nonzero(distinct[hit] > MANY)),
        },
        exhibits=table(
            ("column", "example", "different", "looked-at"),
            zip(names[hit], example[hit], whole(distinct[hit]), whole(sampled[hit]), strict=True),
        ),
    )


RULE = Rule(
    id="unencoded-categories",
    kind="cause",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("encode-categories",),
    confidence=0.75,
    domain=("D2",),
)
