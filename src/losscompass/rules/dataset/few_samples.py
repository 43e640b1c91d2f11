"""Too few rows (D7): for the number of features, of one class, or by a learning curve that still rises."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, event, figures, known, number, table, whole

GAIN = Threshold(0.03, unit="rise of the score by the last doubling of the rows", basis="calibration/few-samples.json")
PER_FEATURE = Threshold(2.0, unit="rows a feature", basis="calibration/few-samples.json")
LEAST = 5  # rows of a class, below which it cannot be learned and checked


def detect(run: Run, gain: float = GAIN.value, per_feature: float = PER_FEATURE.value) -> Iterator[Finding]:
    features, target, learned = known(run, "features"), event(run, "target"), event(run, "prediction")
    rows, wide = number(features, "rows", 0), max(1.0, number(features, "columns", 1))
    counts = figures(target, "counts") if target is not None else np.zeros(0)
    smallest = int(counts[counts > 0].min()) if (counts > 0).any() else -1
    sizes = figures(learned, "sizes") if learned is not None else np.zeros(0)
    scores = figures(learned, "scores") if learned is not None else np.zeros(0)
    whole_set = learned is not None and number(learned, "rows", 0) >= 0.9 * number(learned, "whole_rows", np.inf)
    rise = float(scores[-1] - scores[-2]) if scores.size >= 2 else 0.0
    error = number(learned, "error", 1.0) if learned is not None else 1.0
    rising = whole_set and rise >= max(gain, 2 * error)
    if rows >= per_feature * wide and not rising and not 0 < smallest < LEAST:
        return
    yield Finding(
        onset=None,
        values={"rows": int(rows), "features": int(wide), "rise": rise if rising else 0.0, "smallest": smallest},
        exhibits=table(("rows", "score"), zip(whole(sizes), scores.tolist(), strict=True)) if rising else (),
    )


RULE = Rule(
    id="few-samples",
    kind="cause",
    severity=Severity.NOTE,
    needs=(
        AUDITED,
        Need("event:features", optional=True),
        Need("event:target", optional=True),
        Need("event:prediction", optional=True),
    ),
    detect=detect,
    remedies=("more-data-or-augmentation",),
    explains=("overfitting",),
    thresholds={"gain": GAIN, "per_feature": PER_FEATURE},
    confidence=0.75,
    domain=("D7",),
)
