"""A start far above ln K: before anything is learned, the network is already sure, and wrong."""

from collections.abc import Iterator
from math import log

from ...evidence.names import Kind
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

EXCESS = Threshold(1.0, unit="nats", basis="calibration/initial-loss-off.json")
EARLY = 0.02  # share of the run in which a first value still counts as the start


def detect(run: Run, excess: float = EXCESS.value) -> Iterator[Finding]:
    classes = run.facts["classes"]
    if not isinstance(classes, int) or classes < 2:
        return
    for phase in ("train", "val"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS or loss.axis == "epoch":
            continue
        first, start = float(loss.step[0]), float(loss.value[0])
        if 0 <= first <= EARLY * float(loss.step[-1]) and start > log(classes) + excess:
            yield Finding(
                onset=first,
                values={
                    "curve": loss.name,
                    "start": start,
                    "classes": classes,
                    "expected": log(classes),
                    # independent normal logits of standard deviation s add s^2 / 2 to ln K
                    "logit_spread": (2.0 * (start - log(classes))) ** 0.5,
                },
                exhibits=(Exhibit(loss.name, steps=(first, first), marks=(first,)),),
            )
            return


RULE = Rule(
    id="initial-loss-off",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("curve:train|curve:val", points=20), Need("fact:classes")),
    detect=detect,
    remedies=("start-from-chance", "scale-inputs"),
    thresholds={"excess": EXCESS},
    domain=("J2", "T4"),
)
