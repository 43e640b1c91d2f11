"""A training loss that jumps at every epoch and calms within it: a mean that is reset, not a loss that swings."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

CALMING = Threshold(3.0, unit="first / last quarter's change", basis="calibration/running-mean-sawtooth.json")
EPOCHS = Threshold(3, unit="epochs", basis="calibration/running-mean-sawtooth.json")
POINTS = 12  # in an epoch, so that its quarters can be told apart


def detect(run: Run, calming: float = CALMING.value, epochs: float = EPOCHS.value) -> Iterator[Finding]:
    loss = run.curve("train")
    if loss is None or loss.epoch is None:
        return
    number = np.floor(loss.epoch)
    starts = np.flatnonzero(np.diff(number, prepend=-np.inf) > 0)
    ratios = []
    for a, b in zip(starts, [*starts[1:], len(loss)], strict=True):
        change = np.abs(np.diff(loss.value[a:b]))
        quarter = change.size // 4
        if b - a >= POINTS and change[-quarter:].mean() > 0:
            ratios.append(float(change[:quarter].mean() / change[-quarter:].mean()))
    if len(ratios) >= epochs and float(np.quantile(ratios, 0.2)) >= calming:
        yield Finding(
            onset=float(loss.step[0]),
            values={"curve": loss.name, "epochs": len(ratios), "calming": float(np.median(ratios))},
            exhibits=(Exhibit(loss.name, marks=tuple(float(x) for x in loss.step[starts[:50]])),),
        )


RULE = Rule(
    id="running-mean-sawtooth",
    kind="cause",
    severity=Severity.NOTE,
    needs=(Need("curve:train", points=40),),
    detect=detect,
    remedies=("log-batch-loss",),
    explains=("loss-oscillation", "loss-spike"),
    thresholds={"calming": CALMING, "epochs": EPOCHS},
    domain=("C1", "C3", "T10"),
)
