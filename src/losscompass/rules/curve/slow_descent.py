"""The loss falls so slowly that it looks flat, but fall it does, all the way to the end (C6)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.convergence import progress
from ...signal.curve import is_loss
from ...signal.headline import headlines
from ...signal.trend import mann_kendall
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

SMALL = Threshold(0.1, unit="gain of the whole run as a share of the start", basis="calibration/slow-descent.json")
PACE = Threshold(0.05, unit="gain of the last tenth as a share of all gained", basis="calibration/slow-descent.json")
CERTAIN = Threshold(0.001, unit="p of no trend over the run", basis="calibration/slow-descent.json")


def detect(
    run: Run, small: float = SMALL.value, pace: float = PACE.value, certain: float = CERTAIN.value
) -> Iterator[Finding]:
    lines = headlines(run)
    curve = lines.train if lines.train is not None and lines.train.outline.blocks >= 10 else lines.held
    if lines.adversarial or curve is None or curve.outline.blocks < 10 or not is_loss(curve.series):
        return
    came = progress(curve.outline)
    gained = came.start - came.end
    tau, p = mann_kendall(curve.outline.level)
    if not 0 < gained <= small * abs(came.start) or tau >= 0 or p >= certain or came.share < pace:
        return
    onset = float(curve.series.step[0])
    yield Finding(
        onset=onset,
        values={"start": curve.logged(came.start), "last": curve.logged(came.end), "share": gained / abs(came.start)},
        exhibits=(Exhibit(curve.series.name, steps=(onset, float(curve.series.step[-1]))),),
    )


RULE = Rule(
    id="slow-descent",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train|curve:val|curve:test", points=10),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("raise-learning-rate", "train-longer", "scale-inputs"),
    thresholds={"small": SMALL, "pace": PACE, "certain": CERTAIN},
    confidence=0.98,
    labels=("still-improving",),
    domain=("C6", "T1"),
)
