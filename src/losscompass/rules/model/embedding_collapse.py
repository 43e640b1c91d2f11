"""Embeddings that draw together: different samples end up at (nearly) the same point, and no distance says anything."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import same_scope
from ..seen import number, place, step_of, text

# Sound programs of the zoo end with 1.3 to 11 times the spread they began with, collapsed ones with 0.02 to 0.1 of it.
LEFT = 0.2  # share of the spread at the start
NEAR = 0.1  # distance from the middle of the batch
LOOKS = 5  # the first two are the start, the last three the end
INPUTS = 0.5  # of the spread of the first inputs: the data must be as varied as they were


def detect(run: Run) -> Iterator[Finding]:
    looks = [one for one in run.happened("embedding") if number(one, "spread") is not None]
    if len(looks) < LOOKS:
        return
    first, last = looks[:2], looks[-3:]
    began, ended = _middle(first, "spread"), _middle(last, "spread")
    length, size = _middle(first, "size"), _middle(last, "size")
    given, shown = _middle(first, "input_spread"), _middle(last, "input_spread")
    if not began > 0 or not length > 0 or shown < INPUTS * given:
        return
    drawn = size > 0 and ended / size < LEFT * began / length and ended / size < NEAR
    distance = text(last[-1], "compares") == "distance"
    if not drawn and not (distance and ended < LEFT * began and ended < NEAR):
        return
    graph = next((one for one in run.happened("graph") if place(one, "compared")), None)
    cut = place(graph, "repeated-cut")
    where = cut if same_scope(cut, place(graph, "compared")) else place(graph, "compared", "outermost", "at")
    yield Finding(
        onset=step_of(next((one for one in looks[2:] if (number(one, "spread") or 0.0) < LEFT * began), last[0])),
        values={"first": began, "last": ended, "share": ended / began},
        place=where or place(last[-1], "at"),
    )


def _middle(looks: list[Event], key: str) -> float:
    known = [value for one in looks if (value := number(one, key)) is not None]
    return float(np.median(known)) if known else 0.0


RULE = Rule(
    id="embedding-collapse",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:embedding", optional=True),
        Need("event:graph", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=("plateau", "loss-flat", "loss-divergence", "loss-oscillation", "generalization-gap", "slow-descent"),
    confidence=0.9,
    domain=("L2",),
)
