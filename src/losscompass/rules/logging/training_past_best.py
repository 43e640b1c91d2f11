"""The run went on after its best validation value: where it should have stopped, and what was lost since."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ...signal.patience import patience
from ...signal.robust import difference_noise, rolling_median
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

SINCE = Threshold(0.2, unit="share of the run after the best", basis="calibration/training-past-best.json")
CERTAIN = Threshold(3.0, unit="noise of the curve", basis="calibration/training-past-best.json")
LOST = Threshold(0.02, unit="share of the best value", basis="domain C4: below 1 to 2 % nothing changes")


def detect(
    run: Run, since: float = SINCE.value, lost: float = LOST.value, certain: float = CERTAIN.value
) -> Iterator[Finding]:
    curve = run.curve("val")
    if curve is None or not curve.role.direction:
        return
    score = curve.role.direction * rolling_median(curve.value, max(3, len(curve) // 500))
    best = int(score.argmax())
    now = float(np.median(curve.value[-3:]))
    worse = float(score[best]) - curve.role.direction * now
    after = len(curve) - 1 - best
    if after < max(3, since * len(curve)) or worse < max(lost * abs(now), certain * difference_noise(curve.value)):
        return
    logged = curve.role.direction * curve.value
    best, waited = int(logged.argmax()), patience(logged)  # what the log shows as its best, and people save
    at = float(curve.step[best])
    yield Finding(
        onset=at,
        values={
            "curve": curve.name,
            "best_at": at,
            "best": float(curve.value[best]),
            "last": now,
            "since": len(curve) - 1 - best,
            "patience": waited,
            "saved": max(0, len(curve) - 1 - best - waited) / len(curve),
        },
        exhibits=(Exhibit(curve.name, steps=(at, float(curve.step[-1])), marks=(at,)),),
    )


RULE = Rule(
    id="training-past-best",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(Need("curve:val", points=8),),
    detect=detect,
    remedies=("stop-earlier", "keep-best-checkpoint"),
    confidence=0.76,
    thresholds={"since": SINCE, "lost": LOST, "certain": CERTAIN},
    domain=("C5",),
)
