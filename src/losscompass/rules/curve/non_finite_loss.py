"""The loss becomes NaN or infinite, and stays so or comes back so again and again (C6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ...signal.nonfinite import nonfinite
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

TRAILING = Threshold(
    0.02, unit="share of the curve that is non-finite at its end", basis="calibration/non-finite-loss.json"
)
SHARE = Threshold(0.02, unit="share of the curve that is non-finite", basis="calibration/non-finite-loss.json")


def detect(run: Run, trailing: float = TRAILING.value, share: float = SHARE.value) -> Iterator[Finding]:
    for phase in ("train", "val"):
        series = run.curve(phase)
        if series is None or (seen := nonfinite(series.value)) is None:
            continue
        stays = (
            seen.trailing > 0
            and seen.trailing >= trailing * seen.points
            and (seen.trailing > 1 or seen.count == seen.points)
        )
        if not stays and (seen.count < 3 or seen.share < share):
            continue  # a single cell is a cell, not a run gone wrong
        first = seen.last_run if stays else seen.first
        onset = float(series.step[first])
        before = series.value[:first][np.isfinite(series.value[:first])]
        yield Finding(
            onset=onset,
            values={
                "series": series.name,
                "at": onset,
                "count": seen.count,
                "points": seen.points,
                "before": float(before[-1]) if before.size else "–",
                "stays": "yes" if stays else "no",
            },
            exhibits=(Exhibit(series.name, steps=(onset, float(series.step[-1])), marks=(onset,)),),
            severity=None if stays else Severity.WARNING,
        )


RULE = Rule(
    id="non-finite-loss",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(Need("curve:train|curve:val", finite=False),),
    detect=detect,
    remedies=("lower-learning-rate", "clip-gradients", "inspect-batch", "mixed-precision-care", "check-data-pipeline"),
    thresholds={"trailing": TRAILING, "share": SHARE},
    confidence=0.92,
    labels=("nan",),
    domain=("C6",),
)
