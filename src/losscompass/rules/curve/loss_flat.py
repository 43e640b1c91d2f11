"""After the first moments nothing is learned: the curve stands where it began, or at the level of a guess (C6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.convergence import progress
from ...signal.curve import Curve, is_loss
from ...signal.headline import headlines
from ...signal.oscillation import swing
from ...signal.trend import mann_kendall
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

GAIN = Threshold(0.05, unit="gain after the first tenth as a share of the level", basis="calibration/loss-flat.json")
FIRST = Threshold(0.2, unit="drop in the first tenth as a share of the start", basis="calibration/loss-flat.json")
SCORE = Threshold(0.1, unit="rise of a score that counts as learning", basis="calibration/loss-flat.json")
SWING = 0.25  # of the level: what swings by more is another story
SURE = 0.01  # of the level: a gain that is worth asking whether it is sure
GOES_ON = 0.025  # of all that was gained, in the last tenth of the run
GOOD = 0.7  # a score that an untrained model does not have: it was trained before


def detect(
    run: Run, gain: float = GAIN.value, first: float = FIRST.value, score: float = SCORE.value
) -> Iterator[Finding]:
    lines = headlines(run)
    curves = [c for c in (lines.train, lines.held) if c is not None and c.outline.blocks >= 4]
    if lines.adversarial or not curves or not all(is_loss(c.series) and _still(c, gain) for c in curves):
        return
    level = curves[0].outline.level  # of the held-out curve the first reading may be from before the training
    if float(level[0]) - float(np.median(level[level.size // 10 :])) > first * abs(float(level[0])):
        return
    scores = [s.finite().value for s in run.series.values() if s.role.kind is Kind.METRIC_UP]
    learned = [_end(v) > GOOD or _end(v) - v[: max(1, v.size // 10)].mean() > score for v in scores if v.size >= 4]
    if learned and np.mean(learned) > 0.5:
        return  # scores that rise say that something is learned, however little the loss moves
    curve = curves[0]
    seen = progress(curve.outline)
    yield Finding(
        onset=float(curve.series.step[0]),
        values={"start": curve.logged(seen.start), "last": curve.logged(seen.end), "points": len(curve.series)},
        exhibits=(Exhibit(curve.series.name, steps=(float(curve.series.step[0]), float(curve.series.step[-1]))),),
        severity=None if learned else Severity.WARNING,  # without a score it may have been trained before
    )


def _end(value: np.ndarray) -> float:
    return float(np.median(value[-max(1, value.size // 5) :]))


def _still(curve: Curve, gain: float) -> bool:
    """Whether the curve gains next to nothing after its first tenth."""
    level = curve.outline.level
    body = level[max(1, round(0.1 * level.size)) if level.size >= 8 else 0 :]
    early, late = float(np.median(body[: max(1, body.size // 5)])), _end(body)
    gained = early - late
    if gained > SURE * abs(late) and gained > 3.0 * curve.outline.noise and mann_kendall(body)[1] < 0.01:
        came = progress(curve.outline)  # slow, but surely falling: that is learning if it adds up, or goes on
        if max(gained, 0.4 * came.total) > 2.0 * SURE * abs(late) or came.share > GOES_ON:
            return False
    return abs(gained) <= gain * abs(late) and swing(curve.outline, curve.value).relative <= SWING


RULE = Rule(
    id="loss-flat",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(
        Need("curve:train|curve:val|curve:test", points=4),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        Need("kind:metric-up", points=4, optional=True),
        *GAME,
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
    confidence=0.89,
    labels=("underfitting-flat",),
    domain=("C6", "J2"),
)
