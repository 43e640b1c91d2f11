"""The loss falls and the score does not move: what is minimised is not what is judged."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.robust import difference_noise
from ...signal.thin import block_edges, block_levels
from ...signal.trend import mann_kendall
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

FALL = Threshold(0.25, unit="share of the first loss", basis="calibration/stalled-metric.json")
STILL = Threshold(0.02, unit="share of the score", basis="calibration/stalled-metric.json")
SATURATED = 0.95


def detect(run: Run, fall: float = FALL.value, still: float = STILL.value) -> Iterator[Finding]:
    for phase in ("val", "train"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS or len(loss) < 8:
            continue
        levels = block_levels(loss.value, block_edges(len(loss), 4))
        if levels[0] - levels[-1] < max(fall * abs(levels[0]), 4 * difference_noise(loss.value)):
            continue
        for name, metric in sorted(run.series.items()):
            if metric.role.kind is not Kind.METRIC_UP or metric.role.phase != phase:
                continue
            low, high = float(metric.value.min()), float(metric.value.max())
            if low <= 0 or SATURATED <= high <= 1 or high >= 100 * SATURATED:
                continue
            stages = block_levels(metric.value, block_edges(len(metric), 4))
            drift = float(np.abs(stages - np.median(stages)).max())
            if drift <= still * abs(float(stages[-1])) and mann_kendall(metric.value)[1] > 0.05:
                yield Finding(
                    onset=float(loss.step[0]),
                    values={
                        "loss": loss.name,
                        "first": float(levels[0]),
                        "last": float(levels[-1]),
                        "metric": name,
                        "level": float(stages[-1]),
                    },
                    exhibits=(Exhibit(loss.name), Exhibit(name)),
                )
                return


RULE = Rule(
    id="stalled-metric",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("curve:val|curve:train", points=8), Need("kind:metric-up", points=8)),
    detect=detect,
    remedies=("look-at-predictions", "rebalance-classes", "check-labels"),
    thresholds={"fall": FALL, "still": STILL},
    domain=("C7", "J6"),
)
