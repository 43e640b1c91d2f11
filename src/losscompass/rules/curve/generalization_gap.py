"""The held-out loss lies far above the training loss although it has not turned: what is learned does not carry over (C3)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ...signal.convergence import end_level
from ...signal.curve import is_loss
from ...signal.gap import turn
from ...signal.headline import headlines
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

RATIO = Threshold(2.0, unit="held-out over training loss at the end", basis="calibration/generalization-gap.json")


def detect(run: Run, ratio: float = RATIO.value) -> Iterator[Finding]:
    lines = headlines(run)
    train, held = lines.train, lines.held
    if lines.adversarial or train is None or held is None or not (is_loss(train.series) and is_loss(held.series)):
        return
    ours, theirs = end_level(train.outline.level)[0], end_level(held.outline.level)[0]
    if not 0 < ours * ratio < theirs or turn(held.outline).sigmas > 3:
        return
    onset = float(held.series.step[0])
    yield Finding(
        onset=onset,
        values={"train": ours, "held": theirs, "ratio": theirs / ours},
        exhibits=(Exhibit(held.series.name), Exhibit(train.series.name)),
    )


RULE = Rule(
    id="generalization-gap",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train", points=4),
        Need("curve:val|curve:test", points=4),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("add-regularisation", "more-data-or-augmentation"),
    thresholds={"ratio": RATIO},
    confidence=0.99,
    domain=("C3",),
)
