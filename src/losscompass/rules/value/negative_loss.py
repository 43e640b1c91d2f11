"""A loss below zero: a density's log-likelihood or a reward with its sign turned; or labels the loss was not made for."""

import re
from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

SHARE = Threshold(0.1, unit="share of the points", basis="calibration/negative-loss.json")
NEVER_BELOW_ZERO = re.compile(r"bce|cross.?entropy|xent|(^|[^a-z])(r?mse|mae|huber|hinge)", re.IGNORECASE)
TURNED = re.compile(r"neg|minus|likelihood", re.IGNORECASE)


def detect(run: Run, share: float = SHARE.value) -> Iterator[Finding]:
    for phase in ("train", "val"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS:
            continue
        below = np.flatnonzero(loss.value < 0)
        if below.size >= max(2, share * len(loss)):
            impossible = bool(NEVER_BELOW_ZERO.search(loss.raw)) and not TURNED.search(loss.raw)
            first = float(loss.step[below[0]])
            yield Finding(
                onset=first,
                values={"curve": loss.name, "lowest": float(loss.value.min()), "step": first, "count": int(below.size)},
                exhibits=(Exhibit(loss.name, steps=(first, float(loss.step[-1]))),),
                severity=Severity.WARNING if impossible else None,
            )
            return


RULE = Rule(
    id="negative-loss",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(Need("curve:train|curve:val", points=2),),
    detect=detect,
    remedies=("check-labels",),
    thresholds={"share": SHARE},
    domain=("L3", "L9"),
)
