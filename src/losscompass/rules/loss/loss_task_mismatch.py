"""A loss that does not fit the task: distances between class numbers, or binary cross-entropy on what is no probability."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import LAYOUT, LINEAR
from ..seen import count, flag, looked, number, place, texts, training_calls

DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
FEWEST = 3  # classes: 0 and 1 are often told apart by a distance, and well
MERGES = {"Mean", "Sum", "Max", "Amax", "Amin", "Min", "Argmax"}
"""What makes one number of the scores of all classes."""


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    binary = next(
        (
            one
            for one in training_calls(run, "binary_cross_entropy_with_logits", "binary_cross_entropy")
            if (number(one, "target_min") or 0) < 0 or (number(one, "target_max") or 0) > 1
        ),
        None,
    )
    if binary is not None:
        yield _finding(binary, confidence=1.0)
        return
    calls = list(training_calls(run, *DISTANCES))
    if calls and all(map(_numbered, calls)) and all(map(_merged, calls)):
        yield _finding(calls[0], confidence=0.9)


def _finding(call: Event, confidence: float) -> Finding:
    return Finding(
        onset=None,
        values={
            "function": str(call.data.get("function")),
            "low": number(call, "target_min") or 0.0,
            "high": number(call, "target_max") or 0.0,
            "values": count(call, "target_distinct"),
        },
        confidence=confidence,
        place=place(call, "at"),
    )


def _numbered(call: Event) -> bool:
    """Whether the targets are the numbers 0, 1, 2 … of classes."""
    distinct, low, high = count(call, "target_distinct"), number(call, "target_min"), number(call, "target_max")
    return flag(call, "target_whole") and low == 0 and high == distinct - 1 and distinct >= FEWEST


def _merged(call: Event) -> bool:
    """Whether the prediction was made of several scores of the last layer by a mean or a maximum over them."""
    ops = [name.rstrip("0123456789") for name in texts(call, "input_ops")]
    kept = [name for name in ops if name not in LAYOUT]
    return len(kept) >= 2 and kept[0] in MERGES and (kept[1] in LINEAR or kept[1] == "Add")


RULE = Rule(
    id="loss-task-mismatch",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:loss-call", optional=True)),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=(
        "plateau",
        "loss-flat",
        "slow-descent",
        "negative-loss",
        "chance-level-loss",
        "constant-metric",
        "initial-loss-off",
    ),
    domain=("L1", "L2"),
)
