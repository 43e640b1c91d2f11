"""The loss climbs away from where it was and ends worse than it began (C6)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.divergence import divergence
from ...signal.headline import headlines
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

SIGMAS = Threshold(4.0, unit="noise of end − start", basis="calibration/loss-divergence.json")
WORSE = Threshold(0.1, unit="end above start, as a share of the start", basis="calibration/loss-divergence.json")
FACTOR = Threshold(3.0, unit="end over lowest level", basis="calibration/loss-divergence.json")
BLAST = Threshold(10.0, unit="highest over first level", basis="calibration/loss-divergence.json")
LOST = 0.2  # of what had been gained before an explosion has to be lost for good


def detect(
    run: Run,
    sigmas: float = SIGMAS.value,
    worse: float = WORSE.value,
    factor: float = FACTOR.value,
    blast: float = BLAST.value,
) -> Iterator[Finding]:
    lines = headlines(run)
    curve = lines.train if lines.train is not None and lines.train.outline.blocks >= 4 else lines.held
    if curve is None or curve.outline.blocks < 4 or lines.adversarial:
        return
    seen = divergence(curve.outline)
    above_start = seen.sigmas > sigmas and seen.end - seen.start > worse * abs(seen.start)
    lost_again = seen.lowest > 0 and seen.end > factor * seen.lowest and seen.climb > 0.3
    first = curve.outline.first
    exploded = 0 < first * blast < seen.highest and seen.end - seen.before > LOST * (first - seen.before) > 0
    if not above_start and not lost_again and not exploded:
        return
    onset = curve.at(seen.leaves_at if above_start or lost_again else seen.highest_at)
    yield Finding(
        onset=onset,
        values={
            "at": onset,
            "start": curve.logged(seen.start),
            "lowest": curve.logged(seen.lowest),
            "last": curve.logged(seen.end),
        },
        exhibits=(Exhibit(curve.series.name, steps=(onset, float(curve.series.step[-1])), marks=(onset,)),),
    )


RULE = Rule(
    id="loss-divergence",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(
        Need("curve:train|curve:val|curve:test|kind:reward", points=4),
        Need("kind:loss|kind:loss-part", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("lower-learning-rate", "clip-gradients", "check-data-pipeline", "check-gradients"),
    thresholds={"sigmas": SIGMAS, "worse": WORSE, "factor": FACTOR, "blast": BLAST},
    confidence=0.9,
    labels=("diverged",),
    domain=("C6",),
)
