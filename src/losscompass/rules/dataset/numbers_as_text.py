"""Columns of numbers that are read as text, or whose numbers have strays among them: units, separators, words (D2)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, table

NUMBERS = Threshold(
    0.8, unit="share of the cells that are numbers with something around them", basis="calibration/numbers-as-text.json"
)


def detect(run: Run, numbers: float = NUMBERS.value) -> Iterator[Finding]:
    features = known(run, "features")
    numeric, strays = figures(features, "numeric_text"), column(features, "strays")
    text = column(features, "kind") == "text"
    hit = np.flatnonzero((text & (numeric >= numbers)) | (strays > 0))
    if hit.size == 0:
        return
    names, example = column(features, "name"), column(features, "example").astype(str)
    odd = np.where(strays > 0, strays, 1 - numeric)
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "mixed": int(np.count_nonzero(strays > 0)),
            "strays": float(strays.max()),
        },
        exhibits=table(
            ("column", "example", "share-no-number"), zip(names[hit], example[hit], odd[hit].tolist(), strict=True)
        ),
    )


RULE = Rule(
    id="numbers-as-text",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:features", optional=True)),
    detect=detect,
    remedies=("read-as-numbers",),
    explains=("unencoded-categories", "missing-values"),
    thresholds={"numbers": NUMBERS},
    confidence=0.75,
    domain=("D2",),
)
