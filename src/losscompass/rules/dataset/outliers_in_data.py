"""A few values far away from all others: they decide the scaling and the loss (D1)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..pairs import LOOKED
from ._columns import column, figures, known, listed, table, whole
from ._far_away import FEW, far_away

JUMP = Threshold(4.0, unit="how many times farther than the next values", basis="calibration/outliers-in-data.json")
DISTANCE = Threshold(20.0, unit="robust standard deviations from the median", basis="calibration/outliers-in-data.json")
VALUES = 20  # different ones, below which the column is a scale of steps


def detect(run: Run, jump: float = JUMP.value, distance: float = DISTANCE.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from far_away(run, jump)
        return
    features = known(run, "features")
    jumps, far, share = (column(features, key) for key in ("far_jump", "far_distance", "far_share"))
    hit = np.flatnonzero(
        (jumps >= jump)
        & (far >= distance)
        & (share > 0)
        & (share <= FEW)
        & (column(features, "kind") == "number")
        & (figures(features, "distinct") >= VALUES)
    )
    if hit.size == 0:
        return
    hit = hit[np.argsort(-far[hit], kind="stable")]
    names, row, value, median = (column(features, key) for key in ("name", "far_row", "far_value", "median"))
    yield Finding(
        onset=None,
        values={
            "what": "words:outliers-in-data.columns",
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "distance": float(far[hit[0]]),
            "share": float(share[hit[0]]),
        },
        exhibits=table(
            ("column", "row", "value", "median", "distance"),
            zip(names[hit], whole(row[hit]), value[hit].tolist(), median[hit].tolist(), far[hit].tolist(), strict=True),
        ),
    )


RULE = Rule(
    id="outliers-in-data",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:features", optional=True),
        Need("curve:train", optional=True),
        Need("fact:reinforcement", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("clip-outliers",),
    explains=(
        "loss-spike",
        "loss-flat",
        "loss-divergence",
        "loss-oscillation",
        "plateau",
        "learning-rate-too-high",
        "slow-descent",
        "overfitting",
    ),
    thresholds={"jump": JUMP, "distance": DISTANCE},
    confidence=0.75,
    domain=("D1",),
)
