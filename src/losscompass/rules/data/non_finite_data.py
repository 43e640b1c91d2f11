"""NaN or infinities in the inputs or targets, from which the loss turned non-finite."""

from collections.abc import Iterator
from math import inf

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import number, place, shown, step_of, text
from ..source.lines import unguarded

DATA = ("input", "target")


def detect(run: Run) -> Iterator[Finding]:
    events = run.happened("non-finite")
    in_data = [event for event in events if text(event, "what") in DATA]
    after = [event for event in events if text(event, "what") and text(event, "what") not in DATA]
    if not in_data or not after:
        return  # a model that masks its missing values keeps a finite loss, and is left alone
    first = min(in_data, key=_when)
    if _when(first) > min(map(_when, after)):
        return  # the network was the first: what it made came back as input
    same = tuple(dict.fromkeys(text(event, "what") for event in in_data))
    yield Finding(
        onset=step_of(first),
        values={
            "step": step_of(first) or 0.0,
            "share": number(first, "share") or 0.0,
            "what": shown(same),
            "phase": text(first, "phase") or "train",
        },
        place=unguarded(run) or place(first, "at"),
    )


def _when(event: Event) -> float:
    step = step_of(event)
    return inf if step is None else step


RULE = Rule(
    id="non-finite-data",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:non-finite", optional=True), Need("event:source", optional=True)),
    detect=detect,
    remedies=("clean-data",),
    explains=("non-finite-loss", "loss-divergence"),
    domain=("T9",),
)
