"""A last activation that cannot give what the loss asks for: a ReLU on scores, a sigmoid where targets go beyond 1."""

from collections.abc import Iterator
from functools import partial

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import SOFTMAX, applied, last_operation
from ..rewrite import changed, without_call
from ..seen import looked, number, training_calls
from ._by_hand import RANGES, squeezed_by_hand
from ._reach import GIVEN, out_of_reach

DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
SCORES = ("cross_entropy", "binary_cross_entropy_with_logits", "multi_margin_loss", "multilabel_soft_margin_loss")
PROBABILITIES = ("binary_cross_entropy", *DISTANCES)
SQUEEZED = {"cross_entropy": {"Relu", "Sigmoid", "Tanh"}, "multi_margin_loss": {"Relu", "Sigmoid", "Tanh"}}
NAMES = {"Relu": ("relu", "ReLU"), "Tanh": ("tanh", "Tanh"), "Sigmoid": ("sigmoid", "Sigmoid")}
LOOKS = 2  # calls that show it


def detect(run: Run) -> Iterator[Finding]:
    if not run.happened("loss-call"):
        yield from _told_by_hand(run)
        return
    seen: dict[float | None, int] = {}
    for call in training_calls(run, *SCORES, *PROBABILITIES):
        last, function = last_operation(call), str(call.data.get("function"))
        if last not in GIVEN:
            continue
        unit = {number(call, "input_min"), number(call, "input_max")} == {
            1.0
        }  # a softmax over a single one is always 1
        alone = last in SOFTMAX and unit and function in PROBABILITIES
        squeezed = function in SCORES and last in SQUEEZED.get(function, {"Relu", "Tanh"})
        if not squeezed and not (function in DISTANCES and out_of_reach(call, last)) and not alone:
            continue
        site = number(call, "site")
        seen[site] = seen.get(site, 0) + 1
        if seen[site] < LOOKS:
            continue
        where = applied(call, last.removeprefix("Safe").lower())
        low, high = GIVEN[last]
        yield Finding(
            onset=None,
            values={
                "what": "words:output-activation-mismatch.targets",
                "operation": last.lower().removeprefix("safe"),
                "loss": function,
                "low": low,
                "high": high,
                "target_low": number(call, "target_min") or 0.0,
                "target_high": number(call, "target_max") or 0.0,
            },
            place=where,
            change=changed(where, partial(without_call, names=NAMES.get(last, ()))) if squeezed else None,
        )
        return


def _told_by_hand(run: Run) -> Iterator[Finding]:
    seen = squeezed_by_hand(run)
    if seen is None:
        looked(run, "loss-call")
        return
    low, high = RANGES[seen.operation]
    yield Finding(
        onset=None,
        values={
            "what": "words:output-activation-mismatch.by-hand",
            "operation": seen.operation.lower().removeprefix("safe"),
            "low": low,
            "high": high,
        },
        confidence=0.9 if seen.far else 0.85,
        place=seen.place,
    )


RULE = Rule(
    id="output-activation-mismatch",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("pass-logits",),
    explains=(
        "loss-constant",
        "target-not-scaled",
        "plateau",
        "loss-flat",
        "slow-descent",
        "chance-level-loss",
        "constant-metric",
        "clamped-loss",
        "dead-relu",
        "vanishing-gradients",
        "learning-rate-too-low",
        "loss-oscillation",
    ),
    confidence=0.9,
    domain=("T9", "L2"),
)
