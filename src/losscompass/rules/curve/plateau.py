"""The curve stands still for most of the run: what came after brought nothing (C4)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.convergence import progress
from ...signal.curve import is_loss
from ...signal.headline import headlines
from ...signal.plateau import still_stretch
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

LENGTH = Threshold(0.7, unit="share of the run", basis="calibration/plateau.json")
LONG = Threshold(0.85, unit="share of the run, where most of the loss is gone", basis="calibration/plateau.json")
SOLVED = Threshold(0.3, unit="level at the end as a share of the start", basis="calibration/plateau.json")
BAND = Threshold(
    0.01,
    unit="full width of the band as a share of the level, where the noise is less",
    basis="calibration/plateau.json",
)
NOISE = Threshold(2.5, unit="full width of the band in noise of a level", basis="calibration/plateau.json")
TREND = Threshold(0.01, unit="p of no trend in the stretch", basis="calibration/plateau.json")


def detect(
    run: Run,
    length: float = LENGTH.value,
    long: float = LONG.value,
    solved: float = SOLVED.value,
    band: float = BAND.value,
    noise: float = NOISE.value,
    trend: float = TREND.value,
) -> Iterator[Finding]:
    lines = headlines(run)
    curve = lines.verdict
    if lines.adversarial or curve is None or curve.outline.blocks < 10:
        return
    came = progress(curve.outline)
    still = still_stretch(curve.outline, max(band * abs(came.end), noise * came.noise))
    gone = is_loss(curve.series) and not came.crossing and abs(came.end) < solved * abs(came.start)
    if still.share(curve.outline) < (long if gone else length) or (still.gained > 0 and still.certainty < trend):
        return  # a slow but sure descent is none
    start, stop = curve.at(still.start), curve.at(still.stop - 1)
    yield Finding(
        onset=start,
        values={"from": start, "to": stop, "level": curve.logged(still.level), "share": still.share(curve.outline)},
        exhibits=(Exhibit(curve.series.name, steps=(start, stop)),),
    )


RULE = Rule(
    id="plateau",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train|curve:val|curve:test|kind:reward", points=10),
        Need("kind:loss|kind:loss-part", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("learning-rate-schedule", "raise-learning-rate", "stop-earlier"),
    thresholds={"length": LENGTH, "long": LONG, "solved": SOLVED, "band": BAND, "noise": NOISE, "trend": TREND},
    confidence=0.61,
    labels=("plateau",),
    domain=("C1", "C4"),
)
