"""Weights in 16 bits whose updates are rounded away: most numbers stay as they are, although their gradient is not zero."""

from collections.abc import Iterator

from ...evidence.run import Run, TensorTrack
from ..base import Finding, Need, Rule, Severity
from ..looks import median_of, usual, values, weights
from ..seen import looked, text
from ._sixteen_bits import LOST, broken_early, moved_by_hand, where_converted

HALF = ("float16", "bfloat16")
LAYERS = 2
LOOKS = 3


def detect(run: Run, lost_at: float = LOST.value) -> Iterator[Finding]:
    batches = [one for one in run.happened("batch") if text(one, "phase") == "train"]
    entered = {text(batch, "dtype") for batch in batches}
    formats = entered | {text(call, "input_dtype") for call in (() if batches else looked(run, "loss-call"))}
    formats |= {text(call, "input_dtype") for call in run.happened("loss-call")}
    half = next((one for one in HALF if one in formats), None)
    if half is None:
        return
    # What enters the model in 16 bits meets weights in 16 bits: autocast changes neither.
    if half in entered and (form := moved_by_hand(run) or broken_early(run, half)) is not None:
        shown: dict[str, float | str] = {
            "what": f"words:low-precision.{form[0]}",
            "format": half,
            "share": form[1],
            "layers": 0,
        }
        yield Finding(onset=None, values=shown, place=where_converted(run), severity=Severity.CRITICAL, confidence=0.9)
        return
    gradients = {one.tensor: usual(one, "zero") for one in weights(run, "gradient")}
    # Under autocast the weights have 32 bits, and next to no update is rounded away.
    lost = [
        usual(one, "zero") - gradients[one.tensor]
        for one in weights(run, "update")
        if gradients.get(one.tensor, 1.0) < lost_at
    ]
    # A tensor of which not one number has moved, in all the steps that were looked at, though each has a gradient.
    stuck = [
        1.0
        for one in run.tensors.values()
        if one.kind == "update" and gradients.get(one.tensor, 1.0) < lost_at and _never_moved(one)
    ]
    if len(stuck) >= LAYERS and half in entered:
        lost = stuck
    if len(lost) < LAYERS or median_of(lost) < lost_at:
        return
    yield Finding(
        onset=None,
        values={
            "what": "words:low-precision.lost",
            "format": half,
            "share": median_of(lost),
            "layers": len(lost),
        },
        place=where_converted(run),
    )


def _never_moved(one: TensorTrack) -> bool:
    zero = values(one, "zero")
    return zero.size >= LOOKS and bool((zero == 1).all())


RULE = Rule(
    id="low-precision",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:batch", optional=True),
        Need("event:loop", optional=True),
        Need("event:model", optional=True),
        Need("event:non-finite", optional=True),
        Need("event:source", optional=True),
        Need("curve:train", finite=False, optional=True),
        Need("tensor:update", optional=True),
        Need("tensor:gradient", optional=True),
    ),
    detect=detect,
    remedies=("mixed-precision-care",),
    explains=(
        "learning-rate-too-low",
        "plateau",
        "loss-flat",
        "slow-descent",
        "chance-level-loss",
        "non-finite-loss",
        "numerical-instability-in-loss",
    ),
    thresholds={"lost_at": LOST},
    confidence=0.95,
    domain=("T9",),
)
