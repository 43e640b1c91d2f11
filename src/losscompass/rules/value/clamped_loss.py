"""A loss at a number that only a clamped logarithm gives: 16.118 = -ln(1e-7), 87.3365 = -ln of the smallest float."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

TOLERANCE = Threshold(2e-4, unit="share of the value", basis="calibration/clamped-loss.json")
POINTS = Threshold(3, unit="points at the number", basis="calibration/clamped-loss.json")
CLAMPS = {
    87.3365: "FLT_MIN",  # a softmax that overflowed, probability clamped at the smallest normal float32
    100.0: "BCELoss",  # log clamped at -100
    16.1181: "1e-7",
    18.4207: "1e-8",
    20.7233: "1e-9",
    23.0259: "1e-10",
    27.6310: "1e-12",
    34.5388: "1e-15",
}
"""Readings of -ln(clamp) in nats, and the clamp."""


def detect(run: Run, tolerance: float = TOLERANCE.value, points: float = POINTS.value) -> Iterator[Finding]:
    for phase in ("train", "val"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS:
            continue
        lowest, highest = float(loss.value.min()), float(loss.value.max())
        for number, clamp in CLAMPS.items():
            if not lowest <= number * (1 + tolerance) or not number * (1 - tolerance) <= highest:
                continue
            hits = np.flatnonzero(np.abs(loss.value - number) <= tolerance * number)
            if hits.size >= points and bool(np.any(np.diff(hits) == 1)):
                first = float(loss.step[hits[0]])
                yield Finding(
                    onset=first,
                    values={"curve": loss.name, "number": number, "clamp": clamp, "count": int(hits.size)},
                    exhibits=(Exhibit(loss.name, steps=(first, float(loss.step[hits[-1]]))),),
                )
                return


RULE = Rule(
    id="clamped-loss",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(Need("curve:train|curve:val", points=3),),
    detect=detect,
    remedies=("pass-logits", "lower-learning-rate", "clip-gradients"),
    explains=("loss-flat", "plateau"),
    thresholds={"tolerance": TOLERANCE, "points": POINTS},
    domain=("L2", "T9", "J2"),
)
