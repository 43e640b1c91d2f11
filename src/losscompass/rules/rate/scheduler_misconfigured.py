"""A learning-rate schedule that does not fit the run: spent long before its end, or still warming up at it."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

SPENT = Threshold(1e-3, unit="share of the highest rate", basis="calibration/scheduler-misconfigured.json")
IDLE = Threshold(0.3, unit="share of the run", basis="calibration/scheduler-misconfigured.json")
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
            yield Finding(
                onset=onset,
                values={"series": name, "first": first, "peak": peak, "last": last, "step": onset},
                exhibits=(Exhibit(name, steps=(onset, float(rate.step[-1]))),),
                severity=None if over else Severity.NOTE,  # it may have been stopped on purpose
            )
            return


RULE = Rule(
    id="scheduler-misconfigured",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("kind:learning-rate", points=20),),
    detect=detect,
    remedies=("learning-rate-schedule",),
    explains=("plateau", "loss-flat"),
    confidence=0.79,
    thresholds={"spent": SPENT, "idle": IDLE, "warming": WARMING},
    domain=("T1",),
)
