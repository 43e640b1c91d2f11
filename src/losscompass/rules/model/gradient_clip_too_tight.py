"""Gradients that are clipped to a small part of what they are, for an optimiser whose steps are as long as the gradient."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..seen import count, loops, number, place, text

# usual norm / limit. In use: about as long as the gradient, a tenth at least
TIGHT = Threshold(100.0, unit="usual norm / limit", basis="calibration/watched/gradient-clip-too-tight.json")
STEPS = 10
LENGTH_COUNTS = ("SGD", "ASGD", "")  # Adam and its kin divide by the length: for them a limit only evens it out
EPSILON = (
    1e-7  # limit under which not even they can tell the gradient from the number that keeps them from dividing by 0
)


def detect(run: Run, tight: float = TIGHT.value) -> Iterator[Finding]:
    norms = [one.value for name, one in run.series.items() if name.startswith("grad_norm") and len(one) >= STEPS]
    kinds = {number(one, "number"): text(one, "class") for one in run.happened("optimizer")}
    for loop in loops(run):
        limit, clips, biting = number(loop, "clip_norm"), count(loop, "clips"), count(loop, "clips_biting")
        if limit is None or limit <= 0 or clips < STEPS or 10 * biting < 9 * clips or not norms:
            continue
        if kinds.get(number(loop, "optimizer"), "") not in LENGTH_COUNTS and limit > EPSILON:
            continue
        usual = float(np.median(norms[0]))
        if usual < tight * limit:
            continue
        yield Finding(
            onset=None,
            values={"limit": limit, "usual": usual, "times": usual / limit, "share": biting / clips},
            place=place(loop, "clip", "step"),
        )
        return


RULE = Rule(
    id="gradient-clip-too-tight",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:optimizer", optional=True),
        Need("grad_norm*", optional=True),
    ),
    detect=detect,
    remedies=("clip-gradients",),
    explains=(
        "learning-rate-too-low",
        "loss-flat",
        "chance-level-loss",
        "plateau",
        "slow-descent",
        "constant-metric",
        "loss-still-falling",
    ),
    thresholds={"tight": TIGHT},
    confidence=0.95,
    domain=("T9",),
)
