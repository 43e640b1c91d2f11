"""The held-out curve turns upward for good while training goes on improving (C2, C5)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ...signal.gap import exact_lowest, turn
from ...signal.headline import headlines, level_at
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

SIGMAS = Threshold(3.0, unit="noise of the rise, luck of the lowest taken off", basis="calibration/overfitting.json")
SHARE = Threshold(0.02, unit="rise as a share of the lowest level", basis="calibration/overfitting.json")
LOST = Threshold(0.2, unit="rise as a share of what had been gained", basis="calibration/overfitting.json")
WORTH = 0.02  # of what had been gained: from a loss next to zero, a few per cent up are nothing
LONE = 0.25  # of the rise: so far up another reading has to be, where there are few
FEW = 8  # readings after the lowest, below which ranks cannot tell a trend
STEADY = Threshold(
    0.05, unit="p of no trend since the lowest, noise that remembers allowed for", basis="calibration/overfitting.json"
)
UPWARD = Threshold(0.15, unit="Kendall's tau since the lowest", basis="calibration/overfitting.json")


def detect(
    run: Run,
    sigmas: float = SIGMAS.value,
    share: float = SHARE.value,
    lost: float = LOST.value,
    steady: float = STEADY.value,
    upward: float = UPWARD.value,
) -> Iterator[Finding]:
    lines = headlines(run)
    held = lines.held
    if lines.adversarial or held is None or held.outline.blocks < 4:
        return
    seen = turn(held.outline)
    gained = float(held.outline.level[0]) - seen.lowest
    large = seen.rise > share * abs(seen.lowest) or (gained > 0 and seen.rise > lost * gained)
    steadily = seen.certainty < steady
    far = seen.rise > 5.0 * share * abs(seen.lowest)  # then less has to be sure of the lowest and the end alone
    sure = seen.sigmas > sigmas and (steadily or seen.after < FEW)
    sure |= far and ((seen.sigmas > sigmas / 3.0 and steadily) or (seen.sigmas > 0 and seen.certainty < steady / 10.0))
    # Twice as bad, and far beyond the noise: however much it swings on its way.
    sure |= seen.rise > abs(seen.lowest) and seen.sigmas > 3.0 * sigmas
    large &= not gained > 0 or seen.rise > WORTH * gained
    if not (large and sure) or seen.after < max(2, 0.08 * held.outline.blocks) or seen.tau <= upward:
        return
    if seen.after < FEW and float(np.sort(held.outline.level[seen.block + 1 :])[-2]) - seen.lowest < LONE * seen.rise:
        return  # a single reading is no turn
    lowest = exact_lowest(held.value, held.outline, seen)
    onset = float(held.series.step[lowest])
    values: dict[str, float] = {
        "at": onset,
        "lowest": float(held.series.value[lowest]),
        "last": held.logged(seen.end),
        "rise": seen.rise / abs(seen.lowest) if seen.lowest else 1.0,
    }
    if lines.train is not None:
        then, now = level_at(lines.train, held, lowest), float(lines.train.outline.smoothed[-1])
        start = float(lines.train.outline.level[0])
        if now > max(start, then + 0.5 * seen.rise) or start - now < 0.02 * abs(start):
            return  # both get worse: that is divergence; nothing was learned: that is a flat loss
        values |= {"train_then": lines.train.logged(then), "train_last": lines.train.logged(now)}
    yield Finding(
        onset=onset,
        values=values,
        exhibits=(Exhibit(held.series.name, steps=(onset, float(held.series.step[-1])), marks=(onset,)),),
    )


RULE = Rule(
    id="overfitting",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("curve:val|curve:test", points=4),
        Need("curve:train", points=2, optional=True),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("stop-earlier", "add-regularisation", "more-data-or-augmentation", "lower-learning-rate"),
    thresholds={"sigmas": SIGMAS, "share": SHARE, "lost": LOST, "steady": STEADY, "upward": UPWARD},
    confidence=0.84,
    labels=("overfitting",),
    domain=("C2", "C5", "C6"),
)
