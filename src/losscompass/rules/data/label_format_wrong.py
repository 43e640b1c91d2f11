"""Targets in another convention than the loss or the other part of the data assumes: 255 for 1, corners for centres, ids from 1."""

import re
from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Undecided
from ..pairs import LOOKED, enough, figure, network, pairs, skill, speaks
from ..seen import count, flag, number, place, text, training_calls

SPEAKS = 0.5  # skill within each part, beside which a lack of it between them speaks
LOST = 0.6  # skill that is lost between the parts
APART = 1.5  # spreads between two groups of targets
PART = 0.05  # share of the smaller
OTHER_UNIT = 4.0  # ratio of their spreads
UNTOLD, TOLD = 0.15, 0.2  # skill of telling the group, and the target within the larger
OUT = re.compile(r"[Tt]arget (-?\d+) is out of bounds")


def detect(run: Run) -> Iterator[Finding]:
    failed = next(iter(run.happened("failed")), None)
    found = None if failed is None else OUT.search(text(failed, "message"))
    if failed is not None and found is not None:
        yield _finding(failed, float(found[1]), 1.0, severity=Severity.CRITICAL)
        return
    for call in training_calls(run, "binary_cross_entropy_with_logits", "binary_cross_entropy"):
        low, high = number(call, "target_min"), number(call, "target_max")
        two = count(call, "target_distinct") <= 2 and flag(call, "target_whole")
        if (
            low is not None
            and high is not None
            and two
            and (low, high) in {(0, 255), (1, 2), (-1, 1), (0, 100), (0, 2)}
        ):
            yield _finding(call, high, 0.97, severity=Severity.CRITICAL)
            return
    looks = list(pairs(run))
    if not looks and not run.happened("loss-call"):
        raise Undecided("watched-data-look")
    for look in looks:
        if enough(look, "train", least=100) and _two_units(look):
            yield _finding(look, figure(look, "groups_spread"), 0.85)
            return
        if enough(look, "train", "val", least=100) and _apart(look):
            yield _finding(look, skill(look, "across"), 0.9)
            return


def _apart(look: Event) -> bool:
    """Whether inputs tell of targets in both parts, and not from one to the other, though the inputs are alike."""
    alike = (number(look, "shifted") or 0.0) < 0.2 and not number(look, "far_share")
    within = min(skill(look, "train"), skill(look, "val"))
    net, val_net = network(look, "train"), network(look, "val")
    fell = net is not None and val_net is not None and val_net < net - LOST
    both = speaks(look, "train", SPEAKS) and speaks(look, "val", SPEAKS)
    return alike and both and skill(look, "across") < within - LOST + 0.1 and fell


def _two_units(look: Event) -> bool:
    """Whether targets fall into two groups of very different spreads, and inputs tell of the target within one of them and not at all of which.

    A part is in another unit: what a number of ten stars and one of a hundred points have in common is the question, not the scale.
    """
    apart, spread = figure(look, "groups_apart"), figure(look, "groups_spread", 1.0)
    part = figure(look, "groups_share") >= PART and max(spread, 1 / max(spread, 1e-9)) >= OTHER_UNIT
    unknown = figure(look, "groups_told", 1.0) <= UNTOLD and figure(look, "groups_within") >= TOLD
    return apart >= APART and part and unknown


def _finding(event: Event, value: float, confidence: float, severity: Severity = Severity.CRITICAL) -> Finding:
    return Finding(
        onset=None, values={"value": value}, confidence=confidence, severity=severity, place=place(event, "train", "at")
    )


RULE = Rule(
    id="label-format-wrong",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), LOOKED, Need("event:loss-call", optional=True), Need("event:failed", optional=True)),
    detect=detect,
    remedies=("check-labels", "inspect-batch"),
    explains=(
        "loss-task-mismatch",
        "initial-loss-off",
        "overfitting",
        "generalization-gap",
        "negative-loss",
        "loss-oscillation",
        "loss-divergence",
    ),
    confidence=0.9,
    domain=("L2", "D4"),
)
