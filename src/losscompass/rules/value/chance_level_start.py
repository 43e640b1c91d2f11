"""A loss that starts at ln K: an untrained network that knows nothing about K classes. No fault; it tells K."""

from collections.abc import Iterator
from math import log

from ...evidence.names import Kind
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

BELOW = Threshold(0.02, unit="nats", basis="calibration/chance-level-start.json")
ABOVE = Threshold(0.09, unit="nats", basis="ln C + 1/12: a default linear head after ReLU (variance of its logits / 2)")
COMMON = (*range(2, 11), 20, 100, 200, 1000, 30522, 32000, 50257, 50304, 128256, 151936)
"""Numbers of classes far enough apart, or common enough, to be guessed from one value."""
EARLY = 0.02  # share of the run in which a first value still counts as the start


def detect(run: Run, below: float = BELOW.value, above: float = ABOVE.value) -> Iterator[Finding]:
    if run.facts.get("task") == "regression":
        return
    for phase in ("train", "val"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS or loss.axis == "epoch":
            continue  # the mean over a first epoch is no start
        if any(one.role.kind is Kind.LOSS_PART for one in run.series.values()):
            return  # a sum of terms has another start
        first, last = float(loss.step[0]), float(loss.step[-1])
        if not 0 <= first <= EARLY * last:
            continue
        start = float(loss.value[0])
        near = [k for k in COMMON if log(k) - below <= start <= log(k) + above]
        if not near:
            continue
        classes = min(near, key=lambda k: abs(start - log(k)))
        if abs(start - log(classes)) > 0.04 and len(near) > 1:
            continue
        yield Finding(
            onset=first,
            values={"curve": loss.name, "start": start, "classes": classes, "chance": log(classes)},
            exhibits=(Exhibit(loss.name, steps=(first, first), marks=(first,)),),
            facts={"classes": classes},
        )
        return


RULE = Rule(
    id="chance-level-start",
    kind="symptom",
    severity=Severity.NOTE,
    needs=(
        Need("curve:train|curve:val", points=20),
        Need("*/*acc*|*/*top*1*|*/*f1*|*/*auc*"),  # a classifier, then: other losses pass by ln K, too
        Need("kind:loss-part", optional=True),
        Need("fact:task", optional=True),
    ),
    detect=detect,
    thresholds={"below": BELOW, "above": ABOVE},
    domain=("J2",),
)
