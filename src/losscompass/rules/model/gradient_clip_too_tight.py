"""Gradients that are clipped to a small part of what they are, for an optimiser whose steps are as long as the gradient."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..seen import count, flag, loops, number, place, text
from ..source.lines import changes_gradients

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
        kind = kinds.get(number(loop, "optimizer"), "")
        if (other := _by_other_means(run, loop, kind, tight)) is not None:
            yield other
            return
        limit, clips, biting = number(loop, "clip_norm"), count(loop, "clips"), count(loop, "clips_biting")
        if limit is None or limit <= 0 or clips < STEPS or 10 * biting < 9 * clips or not norms:
            continue
        if kind not in LENGTH_COUNTS and limit > EPSILON:
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


def _by_other_means(run: Run, loop: Event, kind: str, tight: float) -> Finding | None:
    """Clipped number by number, or by hand: the step is made with a small part of what the backward left.

    A loss that was made larger before the backward is made smaller again, on purpose.
    """
    shrunk, norms = number(loop, "shrunk"), [one.value for name, one in run.series.items() if name == "grad_norm"]
    scaled = flag(loop, "scaled") or any((number(one, "scaled_by") or 1.0) != 1.0 for one in run.happened("graph"))
    times = max(1.0, number(loop, "backwards_per_step") or 1.0)  # a sum of so many may be made their mean by hand
    if shrunk is None or shrunk < tight * times or kind not in LENGTH_COUNTS or scaled or count(loop, "clips"):
        return None
    used = float(np.median(norms[0])) if norms and len(norms[0]) else 1.0 / shrunk
    return Finding(
        onset=None,
        values={"limit": used, "usual": used * shrunk, "times": shrunk, "share": 1.0},
        place=changes_gradients(run) or place(loop, "step"),
    )


RULE = Rule(
    id="gradient-clip-too-tight",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:optimizer", optional=True),
        Need("grad_norm*", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
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
