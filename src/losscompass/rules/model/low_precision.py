"""Weights in 16 bits whose updates are rounded away: most numbers stay as they are, although their gradient is not zero."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..looks import median_of, usual, weights
from ..seen import looked, place, text

HALF = ("float16", "bfloat16")
# share of the numbers that a step leaves as they were, beyond those without gradient
LOST = Threshold(0.5, unit="share of the numbers", basis="calibration/watched/low-precision.json")
LAYERS = 2


def detect(run: Run, lost_at: float = LOST.value) -> Iterator[Finding]:
    formats = {text(call, "input_dtype") for call in looked(run, "loss-call")}
    half = next((one for one in HALF if one in formats), None)
    if half is None:
        return
    gradients = {one.tensor: usual(one, "zero") for one in weights(run, "gradient")}
    # Under autocast the weights have 32 bits, and next to no update is rounded away.
    lost = [
        usual(one, "zero") - gradients[one.tensor]
        for one in weights(run, "update")
        if gradients.get(one.tensor, 1.0) < lost_at
    ]
    if len(lost) < LAYERS or median_of(lost) < lost_at:
        return
    yield Finding(
        onset=None,
        values={"format": half, "share": median_of(lost), "layers": len(lost)},
        place=place(next(iter(run.happened("optimizer")), None), "at"),
    )


RULE = Rule(
    id="low-precision",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:optimizer", optional=True),
        Need("tensor:update", optional=True),
        Need("tensor:gradient", optional=True),
    ),
    detect=detect,
    remedies=("mixed-precision-care",),
    explains=("learning-rate-too-low", "plateau", "loss-flat", "slow-descent", "chance-level-loss"),
    thresholds={"lost_at": LOST},
    confidence=0.95,
    domain=("T9",),
)
