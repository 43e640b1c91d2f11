"""More rows than the learning curve can use: a part that keeps the distribution trains as well in a fraction of the time (D6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, figures, known, number, table, whole

LOSS = Threshold(0.005, unit="score that the smaller part gives away", basis="calibration/surplus-samples.json")
ROWS = 10_000  # below which there is nothing to save


def detect(run: Run, loss: float = LOSS.value) -> Iterator[Finding]:
    learned = known(run, "prediction")
    if number(learned, "whole_rows", 0) < ROWS:
        return
    sizes, scores = figures(learned, "sizes"), figures(learned, "scores")
    if sizes.size < 3 or scores[-1] <= number(learned, "guess", 0) + 0.02:
        return
    good = np.flatnonzero(scores >= scores[-1] - max(loss, number(learned, "error", 0)))
    enough = int(sizes[good[0]])
    if enough >= sizes[-1]:
        return
    yield Finding(
        onset=None,
        values={
            "rows": int(number(learned, "whole_rows")),
            "enough": enough,
            "score": float(scores[good[0]]),
            "best": float(scores[-1]),
        },
        exhibits=table(("rows", "score"), zip(whole(sizes), scores.tolist(), strict=True)),
    )


RULE = Rule(
    id="surplus-samples",
    kind="cause",
    severity=Severity.NOTE,
    needs=(AUDITED, Need("event:prediction", optional=True)),
    detect=detect,
    remedies=("subsample-rows",),
    thresholds={"loss": LOSS},
    confidence=0.67,
    domain=("D6",),
)
