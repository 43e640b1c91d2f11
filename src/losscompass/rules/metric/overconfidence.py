"""Validation loss rises while validation accuracy still rises: more answers are right, the wrong ones are surer."""

import re
from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind, Phase
from ...evidence.run import Run
from ...signal.robust import difference_noise, rolling_median
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

RISE = Threshold(0.15, unit="share of the lowest loss", basis="calibration/overconfidence.json")
CERTAIN = Threshold(4.0, unit="noise of the loss", basis="calibration/overconfidence.json")

ANSWERS = re.compile(r"acc|top.?1|f1|auc")
"""Scores of a classifier's answers. Those of a detector (mAP, precision) are about boxes as well."""
LEAST = 0.005  # a gain of half a point: below that the score stands still


def detect(run: Run, rise: float = RISE.value, certain: float = CERTAIN.value) -> Iterator[Finding]:
    loss = run.curve("val")
    if loss is None or loss.role.kind is not Kind.LOSS:
        return
    smooth = rolling_median(loss.value, max(5, len(loss) // 500))
    best = int(smooth.argmin())
    low, last = float(smooth[best]), float(np.median(loss.value[-3:]))
    if last - low < max(rise * abs(low), certain * difference_noise(loss.value)):
        return
    for name, metric in sorted(run.series.items()):
        right = metric.role.phase is Phase.VALIDATION and metric.role.kind is Kind.METRIC_UP
        if not right or not ANSWERS.search(name) or metric.axis != loss.axis or metric.step[-1] <= loss.step[best]:
            continue
        then = float(np.interp(loss.step[best], metric.step, rolling_median(metric.value, max(5, len(metric) // 500))))
        now = float(np.median(metric.value[-3:]))
        if now - then > max(difference_noise(metric.value), LEAST * abs(then)):
            yield Finding(
                onset=float(loss.step[best]),
                values={"loss": loss.name, "lowest": low, "last": last, "metric": name, "then": then, "now": now},
                exhibits=(
                    Exhibit(loss.name, steps=(float(loss.step[best]), float(loss.step[-1]))),
                    Exhibit(name, steps=(float(loss.step[best]), float(metric.step[-1]))),
                ),
            )
            return


RULE = Rule(
    id="overconfidence",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("curve:val", points=8), Need("kind:metric-up", points=8)),
    detect=detect,
    remedies=("keep-best-checkpoint", "add-regularisation"),
    confidence=0.7,
    thresholds={"rise": RISE, "certain": CERTAIN},
    domain=("C7",),
)
