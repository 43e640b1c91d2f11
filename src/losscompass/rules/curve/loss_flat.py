"""After the first moments nothing is learned: the curve stands where it began, or at the level of a guess (C6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.convergence import progress
from ...signal.curve import Curve
from ...signal.headline import headlines
from ...signal.oscillation import swing
from ...signal.trend import mann_kendall
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

GAIN = Threshold(0.05, unit="gain over the run as a share of the level", basis="calibration/loss-flat.json")
FIRST = Threshold(0.2, unit="drop in the first tenth as a share of the start", basis="calibration/loss-flat.json")
SWING = 0.25  # of the level
SURE = 0.01  # of the level: a gain that is worth asking whether it is sure
SCORE = Threshold(
    0.1, unit="rise of a score between 0 and 1 that counts as learning", basis="calibration/loss-flat.json"
)


def detect(
    run: Run, gain: float = GAIN.value, first: float = FIRST.value, score: float = SCORE.value
) -> Iterator[Finding]:
    lines = headlines(run)
    curves = [c for c in (lines.train, lines.held) if c is not None and c.outline.blocks >= 4]
    if (
        not curves
        or lines.adversarial
        or any(c.turned < 0 for c in curves)
        or not all(_flat(c, gain, first) for c in curves)
    ):
        return
    scores = [s.finite().value for s in run.series.values() if s.role.kind is Kind.METRIC_UP]
    rises = [np.median(v[-max(1, v.size // 5) :]) - v[: max(1, v.size // 10)].mean() > score for v in scores if v.size >= 4]
    if rises and np.mean(rises) > 0.5:
        return  # scores that rise say that something is learned, however little the loss moves
    curve = curves[0]
    seen = progress(curve.outline)
    yield Finding(
        onset=float(curve.series.step[0]),
        values={"start": curve.logged(seen.start), "last": curve.logged(seen.end), "points": len(curve.series)},
        exhibits=(Exhibit(curve.series.name, steps=(float(curve.series.step[0]), float(curve.series.step[-1]))),),
    )


def _flat(curve: Curve, gain: float, first: float) -> bool:
    """Whether the curve gains next to nothing after its first tenth, and not much in it."""
    level = curve.outline.level
    skip = max(1, round(0.1 * level.size)) if level.size >= 8 else 0
    body = level[skip:]
    part = max(1, body.size // 5)
    early, late = float(np.median(body[:part])), float(np.median(body[-part:]))
    gained = early - late
    if gained > SURE * abs(late) and gained > 3.0 * curve.outline.noise and mann_kendall(body)[1] < 0.01:
        return False  # slow, but surely falling
    if swing(curve.outline, curve.value).relative > SWING:
        return False  # that is another story: see loss-oscillation
    return abs(gained) <= gain * abs(late) and float(level[0]) - early <= first * abs(float(level[0]))


RULE = Rule(
    id="loss-flat",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(
        Need("curve:train|curve:val|curve:test", points=4),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        Need("kind:metric-up", points=4, optional=True),
    ),
    detect=detect,
    remedies=(
        "overfit-one-batch",
        "check-data-pipeline",
        "check-gradients",
        "raise-learning-rate",
        "lower-learning-rate",
    ),
    thresholds={"gain": GAIN, "first": FIRST, "score": SCORE},
    confidence=0.9,
    labels=("underfitting-flat",),
    domain=("C6", "J2"),
)
