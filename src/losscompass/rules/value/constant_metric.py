"""A metric, or the whole loss, that repeats one number: the model gives the same answer for everything."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind, Phase
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

REPEATS = Threshold(6, unit="equal values in a row", basis="calibration/constant-metric.json")
SATURATED = 0.98  # a score that is nearly perfect may well stay where it is


def detect(run: Run, repeats: float = REPEATS.value) -> Iterator[Finding]:
    for name, series in sorted(run.series.items()):
        if series.role.phase is not Phase.VALIDATION:
            continue
        value = series.value
        constant = float(value[-1])
        same = bool(np.all(value[1:] == constant))  # the first evaluation may precede the collapse
        if series.role.kind is Kind.LOSS:
            same = same and value[0] == constant
        elif not 0 < constant < SATURATED:
            continue  # zeros often mean "not measured"
        if same and len(series) >= repeats:
            yield Finding(
                onset=float(series.step[0]),
                values={"series": name, "value": constant, "count": len(series)},
                exhibits=(Exhibit(name, steps=(float(series.step[0]), float(series.step[-1]))),),
            )
            return


RULE = Rule(
    id="constant-metric",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("kind:metric-up|curve:val", points=6),),
    detect=detect,
    remedies=("look-at-predictions", "overfit-one-batch", "rebalance-classes", "check-loss-wiring"),
    explains=("stalled-metric",),
    thresholds={"repeats": REPEATS},
    domain=("J3", "J6", "C6"),
)
