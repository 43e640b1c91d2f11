"""The run stops while the curve still falls: there is more to be had (C4)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.convergence import Progress, progress
from ...signal.curve import is_loss
from ...signal.headline import headlines
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

RELATIVE = Threshold(
    0.03, unit="gain of the last tenth as a share of the level", basis="calibration/loss-still-falling.json"
)
LEAST = Threshold(
    0.001, unit="gain of the last tenth as a share of all that was gained", basis="calibration/loss-still-falling.json"
)
SHARE = Threshold(
    0.025,
    unit="gain of the last tenth that counts whatever the level, share of all gained",
    basis="calibration/loss-still-falling.json",
)
CERTAINTY = Threshold(0.05, unit="p of no trend in the last quarter", basis="calibration/loss-still-falling.json")
FINEST = 0.005  # of a score or a reward: less in a tenth of the run is not worth its time


def detect(
    run: Run,
    relative: float = RELATIVE.value,
    least: float = LEAST.value,
    share: float = SHARE.value,
    certainty: float = CERTAINTY.value,
) -> Iterator[Finding]:
    lines = headlines(run)
    curve = lines.verdict
    if lines.adversarial or curve is None or curve.outline.blocks < 4:
        return
    came = progress(curve.outline, spent=lines.spent)
    if not falls(came, relative, least, share) or came.certainty > certainty:
        return
    if not is_loss(curve.series) and came.relative < FINEST:
        return
    start = curve.at(int(0.75 * curve.outline.blocks))
    yield Finding(
        onset=start,
        values={"last": curve.logged(came.end), "gain": abs(came.gain), "share": came.share},
        exhibits=(Exhibit(curve.series.name, steps=(start, float(curve.series.step[-1]))),),
    )


def falls(came: Progress, relative: float, least: float, share: float) -> bool:
    """Whether what the last tenth brought is worth going on for."""
    return (
        came.gain > 0
        and came.total > 4.0 * came.noise
        and (came.share > share or (came.relative > relative and came.share > least))
    )


RULE = Rule(
    id="loss-still-falling",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train|curve:val|curve:test|kind:reward", points=4),
        Need("kind:loss|kind:loss-part|kind:learning-rate", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("train-longer",),
    thresholds={"relative": RELATIVE, "least": LEAST, "share": SHARE, "certainty": CERTAINTY},
    confidence=0.69,
    labels=("still-improving",),
    domain=("C4",),
)
