"""The held-out loss lies below the training loss: mostly benign, and worth a reason (C3)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ...signal.curve import is_loss
from ...signal.headline import headlines, level_at
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ._game import GAME

SHARE = Threshold(
    0.8, unit="share of the held-out readings that lie below", basis="calibration/validation-below-train.json"
)
BELOW = Threshold(
    0.05, unit="median distance as a share of the training loss", basis="calibration/validation-below-train.json"
)


def detect(run: Run, share: float = SHARE.value, below: float = BELOW.value) -> Iterator[Finding]:
    lines = headlines(run)
    train, held = lines.train, lines.held
    if lines.adversarial or train is None or held is None or not (is_loss(train.series) and is_loss(held.series)):
        return
    points = np.unique(np.linspace(0, len(held.series) - 1, min(len(held.series), 100)).astype(np.int64))
    ours = np.array([level_at(train, held, int(i)) for i in points])
    distance = (ours - held.value[points]) / np.maximum(np.abs(ours), 1e-300)
    last = distance[len(points) // 2 :]
    if np.mean(distance > 0) < share or np.median(last) <= below:
        return
    yield Finding(
        onset=float(held.series.step[0]),
        values={"held": float(held.series.value[-1]), "train": float(ours[-1]), "share": float(np.mean(distance > 0))},
        exhibits=(Exhibit(held.series.name), Exhibit(train.series.name)),
    )


RULE = Rule(
    id="validation-below-train",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train", points=4),
        Need("curve:val|curve:test", points=4),
        Need("kind:loss|kind:loss-part|kind:reward", optional=True),
        *GAME,
    ),
    detect=detect,
    remedies=("check-data-pipeline",),
    thresholds={"share": SHARE, "below": BELOW},
    confidence=0.83,
    labels=("val-below-train",),
    domain=("C3",),
)
