"""What is generated gets worse while the loss falls."""

import re
from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.robust import difference_noise, rolling_median
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

WORSE = Threshold(0.1, unit="share of the best value", basis="calibration/generative-quality-divergence.json")
CERTAIN = Threshold(4.0, unit="noise of the metric", basis="calibration/generative-quality-divergence.json")
QUALITY = re.compile(
    r"(^|[^a-z])(fid|kid|inception.?score|bleu|sacrebleu|rouge|chrf|meteor|cider|spice|wer|cer|ter|clip.?score|lpips)",
    re.IGNORECASE,
)


def detect(run: Run, worse: float = WORSE.value, certain: float = CERTAIN.value) -> Iterator[Finding]:
    loss = run.curve("train")
    if loss is None or loss.role.kind is not Kind.LOSS:
        return
    for name, metric in sorted(run.series.items()):
        if not QUALITY.search(metric.raw) or metric.role.direction == 0 or metric.axis != loss.axis:
            continue
        score = metric.role.direction * rolling_median(metric.value, max(3, len(metric) // 500))
        best = int(score.argmax())
        lost = float(score[best] - np.median(score[-3:]))
        if lost < max(worse * abs(float(score[best])), certain * difference_noise(metric.value)):
            continue
        before = loss.value[(loss.step <= metric.step[best])][-5:]
        if before.size and float(np.median(before) - np.median(loss.value[-5:])) > difference_noise(loss.value):
            at = float(metric.step[best])
            yield Finding(
                onset=at,
                values={
                    "metric": name,
                    "best": float(metric.value[best]),
                    "last": float(np.median(metric.value[-3:])),
                    "step": at,
                    "loss": loss.name,
                },
                exhibits=(Exhibit(name, steps=(at, float(metric.step[-1])), marks=(at,)), Exhibit(loss.name)),
            )


RULE = Rule(
    id="generative-quality-divergence",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("curve:train", points=8), Need("kind:metric-up|kind:metric-down", points=5)),
    detect=detect,
    remedies=("keep-best-checkpoint", "look-at-predictions", "lower-learning-rate"),
    thresholds={"worse": WORSE, "certain": CERTAIN},
    domain=("J7",),
)
