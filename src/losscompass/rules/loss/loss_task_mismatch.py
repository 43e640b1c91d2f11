"""A loss that does not fit the task: distances between class numbers, or a cross-entropy of what is no probability."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import LAYOUT, LINEAR, SOFTMAX
from ..seen import count, flag, looked, number, place, shape, texts, training_calls

DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
FEWEST = 3  # classes: 0 and 1 are often told apart by a distance, and well
SCORES = {*LINEAR, *SOFTMAX, "LogSoftmax", "Add", "Sigmoid", "Relu", "Tanh"}
"""What scores of classes come out of."""
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
    numbers = next((one for one in training_calls(run, "cross_entropy") if _of_numbers(one)), None)
    if numbers is not None:
        yield _finding(numbers, confidence=0.97)
        return
    calls = list(training_calls(run, *DISTANCES))
    if calls and _numbered(calls) and all(map(_merged, calls)):
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


def _of_numbers(call: Event) -> bool:
    """Whether a cross-entropy between classes is asked for numbers: given as shares of the classes, and below zero or of one class."""
    given, wanted = shape(call, "input_shape"), shape(call, "target_shape")
    low, high = number(call, "target_min"), number(call, "target_max")
    if given is None or wanted != given or len(given) < 2 or low is None or high is None:
        return False  # class ids, or nothing known
    alone = given[1] == 1 and count(call, "target_distinct") >= 2  # the only class is certain, whatever is asked
    return alone or low < 0 or (high > 1 and not flag(call, "target_whole"))


def _numbered(calls: list[Event]) -> bool:
    """Whether the targets are the numbers 0, 1, 2 … of classes: a small batch may lack some."""
    most = max(calls, key=lambda one: count(one, "target_distinct"))
    classes, high = count(most, "target_distinct"), number(most, "target_max")
    if classes < FEWEST or number(most, "target_min") != 0 or high != classes - 1:
        return False
    return all(
        flag(one, "target_whole") and (number(one, "target_min") or 0) >= 0 and (number(one, "target_max") or 0) <= high
        for one in calls
    )


def _merged(call: Event) -> bool:
    """Whether the prediction was made of several scores of the last layer by a mean or a maximum over them."""
    ops = [name.rstrip("0123456789") for name in texts(call, "input_ops")]
    kept = [name for name in ops if name not in LAYOUT]
    return len(kept) >= 2 and kept[0] in MERGES and kept[1] in SCORES


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
