"""Training and validation are drawn from different distributions: which features, and by how much (D8)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, number, table

DISTANCE = Threshold(
    0.15, unit="largest difference of the distribution functions", basis="calibration/distribution-shift.json"
)
APART = Threshold(0.65, unit="ROC AUC of trees that tell the parts apart", basis="calibration/distribution-shift.json")
SURE = 1e-3  # chance of such a distance in any of the columns


def detect(run: Run, distance: float = DISTANCE.value, apart: float = APART.value) -> Iterator[Finding]:
    shift = known(run, "shift")
    names, gaps, chance = column(shift, "names"), figures(shift, "distances"), figures(shift, "chances")
    hit = np.flatnonzero((gaps >= distance) & (chance <= SURE))
    told, error = number(shift, "apart", 0.5), number(shift, "apart_error", 0.5)
    by_model = told >= apart and told - 0.5 > 5 * error
    if hit.size == 0 and not by_model:
        return
    shown = hit if hit.size else np.arange(min(5, names.size))
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "of": int(number(shift, "compared", 0)),
            "names": listed(names[shown]),
            "most": float(gaps.max(initial=0.0)),
            "apart": told,
        },
        exhibits=table(
            ("column", "distance", "chance"),
            zip(names[shown], gaps[shown].tolist(), chance[shown].tolist(), strict=True),
        ),
    )


RULE = Rule(
    id="distribution-shift",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:shift", optional=True)),
    detect=detect,
    remedies=("match-distributions",),
    explains=("generalization-gap",),
    thresholds={"distance": DISTANCE, "apart": APART},
    confidence=0.75,
    domain=("D8",),
)
