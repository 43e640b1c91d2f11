"""A learning-rate schedule that does not fit the run: spent long before its end, or still warming up at it."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ..seen import count, latest, number, place, text
from ..source.lines import made_by, sets_rate

SPENT = Threshold(1e-3, unit="share of the highest rate", basis="calibration/scheduler-misconfigured.json")
IDLE = Threshold(0.3, unit="share of the run", basis="calibration/scheduler-misconfigured.json")
UNUSED = 0.25  # of its steps: a single cycle warms up for its first 30 %
WARMING = Threshold(5.0, unit="last / first rate", basis="calibration/scheduler-misconfigured.json")


def detect(
    run: Run, spent: float = SPENT.value, idle: float = IDLE.value, warming: float = WARMING.value
) -> Iterator[Finding]:
    for name, rate in sorted(run.series.items()):
        if rate.role.kind is not Kind.LEARNING_RATE or rate.value.min() < 0:
            continue
        first, peak, last = float(rate.value[0]), float(rate.value.max()), float(rate.value[-1])
        length = float(rate.step[-1] - rate.step[0])
        useful = float(rate.step[np.flatnonzero(rate.value > spent * peak)[-1]]) if peak > 0 else float(rate.step[0])
        over = peak > 0 and length > 0 and rate.step[-1] - useful >= idle * length
        endless = last == peak and last >= warming * max(first, 1e-300) and bool(np.all(np.diff(rate.value) >= 0))
        if over or (endless and bool(rate.value[-1] > rate.value[-max(2, len(rate) // 5)])):
            onset = useful if over else float(rate.step[0])
            every = latest(run, "scheduler", "scheduler")
            known = [one for one in every if number(one, "lr_last") is not None and count(one, "calls")]
            yield Finding(
                onset=onset,
                values={"series": name, "first": first, "peak": peak, "last": last, "step": onset},
                exhibits=(Exhibit(name, steps=(onset, float(rate.step[-1]))),),
                # It may have been stopped on purpose, unless it was seen to come to its end.
                severity=None if over or (known and run.facts.get("ended") == "finished") else Severity.NOTE,
                place=_made(run, known),
            )
            return
    yield from _unfinished(run)


def _made(run: Run, known: list[Event]) -> Place | None:
    """Where the only schedule was made, or where a rate is set by hand."""
    if len(known) == 1:
        return place(known[0], "at") or made_by(run, text(known[0], "class"))
    return None if known else sets_rate(run)


def _unfinished(run: Run) -> Iterator[Finding]:
    """A cycle that was planned for many more steps than there were: the run is over while the rate is still on its way up."""
    for one in latest(run, "scheduler", "scheduler"):
        total, calls = number(one, "total_steps") or 0.0, count(one, "calls")
        first, last = number(one, "lr_first"), number(one, "lr_last")
        if run.facts.get("ended") != "finished" or not 0 < calls < UNUSED * total or first is None or last is None:
            continue
        by_batch = (number(one, "calls_per_epoch") or 0.0) >= 2 or not number(one, "steps_per_epoch")
        if by_batch and last >= first and count(one, "epochs") != 1:  # else: see scheduler-step-frequency
            rates = sorted(name for name, rate in run.series.items() if rate.role.kind is Kind.LEARNING_RATE)
            yield Finding(
                onset=None,
                values={"series": rates[0] if rates else "lr", "first": first, "peak": last, "last": last, "step": 0.0},
                place=place(one, "at"),
                confidence=0.95,
            )
            return


RULE = Rule(
    id="scheduler-misconfigured",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("kind:learning-rate", points=20),
        Need("event:scheduler", optional=True),
        Need("fact:ended", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("learning-rate-schedule",),
    explains=("plateau", "loss-flat", "slow-descent", "learning-rate-too-low"),
    confidence=0.79,
    thresholds={"spent": SPENT, "idle": IDLE, "warming": WARMING},
    domain=("T1",),
)
