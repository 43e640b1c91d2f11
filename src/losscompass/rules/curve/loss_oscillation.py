"""The curve swings more than it gains: up and down without a way (C1, C6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ...signal.convergence import progress
from ...signal.headline import headlines
from ...signal.oscillation import swing
from ...signal.trend import mann_kendall
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

WIDTH = Threshold(
    0.2, unit="swings (10th to 90th percentile) as a share of the level", basis="calibration/loss-oscillation.json"
)
GAINED = Threshold(1.0, unit="gain over the run in widths of the swings", basis="calibration/loss-oscillation.json")
SURE = Threshold(0.001, unit="p of no downward trend after the first tenth", basis="calibration/loss-oscillation.json")


def detect(
    run: Run, width: float = WIDTH.value, gained: float = GAINED.value, sure: float = SURE.value
) -> Iterator[Finding]:
    lines = headlines(run)
    curve = lines.train if lines.train is not None and lines.train.outline.blocks >= 10 else lines.held
    if lines.adversarial or curve is None or curve.outline.blocks < 10:
        return
    seen = swing(curve.outline, curve.value)
    body = curve.outline.level[curve.outline.blocks // 10 :]
    came = progress(curve.outline)
    tau, p = mann_kendall(body)
    if seen.relative <= width or came.start - came.end > gained * seen.width or (tau < 0 and p < sure):
        return  # noisy, but on its way
    yield Finding(
        onset=float(curve.series.step[0]),
        values={"swing": seen.width, "level": curve.logged(float(np.median(curve.value))), "share": seen.relative},
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
        *GAME,
    ),
    detect=detect,
    remedies=("lower-learning-rate", "larger-batch", "learning-rate-schedule", "average-checkpoints"),
    thresholds={"width": WIDTH, "gained": GAINED, "sure": SURE},
    confidence=0.75,
    labels=("oscillating",),
    domain=("C1", "C6"),
)
