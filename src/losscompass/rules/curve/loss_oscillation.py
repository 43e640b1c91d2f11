"""The curve swings more than it gains: up and down without a way (C1, C6)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.convergence import progress
from ...signal.headline import headlines
from ...signal.oscillation import swing
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

WIDTH = Threshold(
    0.25, unit="swings (5th to 95th percentile) as a share of the level", basis="calibration/loss-oscillation.json"
)
GAINED = Threshold(
    1.0, unit="gain since the first tenth in widths of the swings", basis="calibration/loss-oscillation.json"
)


def detect(run: Run, width: float = WIDTH.value, gained: float = GAINED.value) -> Iterator[Finding]:
    lines = headlines(run)
    curve = lines.train if lines.train is not None and lines.train.outline.blocks >= 10 else lines.held
    if lines.adversarial or curve is None or curve.outline.blocks < 10:
        return
    seen = swing(curve.outline, curve.value)
    skip = max(1, curve.outline.blocks // 10)
    came = progress(curve.outline)
    start = float(curve.outline.level[:skip].mean())
    if seen.relative <= width or start - came.end > gained * seen.width:
        return
    yield Finding(
        onset=float(curve.series.step[0]),
        values={"swing": seen.width, "level": seen.level, "share": seen.relative},
        exhibits=(Exhibit(curve.series.name, steps=(float(curve.series.step[0]), float(curve.series.step[-1]))),),
        severity=Severity.NOTE if curve.turned < 0 else None,
    )


RULE = Rule(
    id="loss-oscillation",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(
        Need("curve:train|curve:val|curve:test|kind:reward", points=10),
        Need("kind:loss|kind:loss-part", optional=True),
    ),
    detect=detect,
    remedies=("lower-learning-rate", "larger-batch", "learning-rate-schedule", "average-checkpoints"),
    thresholds={"width": WIDTH, "gained": GAINED},
    confidence=0.7,
    labels=("oscillating",),
    domain=("C1", "C6"),
)
