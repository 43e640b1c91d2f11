"""Weight decay that pulls the weights to zero faster than the gradient can build them up."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..looks import is_weight, usual, values
from ..seen import number, place, text

DECOUPLED = ("AdamW", "NAdamW", "Lion", "SGD")  # they shrink weights by the rate times the decay, each step
# of a weight in a step: half of it is gone after 70 steps. In use: 1e-5 to 1e-3
SHRINK = Threshold(0.01, unit="share of a weight a step", basis="calibration/watched/weight-decay-too-strong.json")
COUPLED = 0.05  # decay from which, added to the gradient, it may rule it. In use: 1e-5 to 1e-2
RULES_IT = 10.0  # times the gradient


def detect(run: Run, shrink_at: float = SHRINK.value) -> Iterator[Finding]:
    held = {one.tensor: one for one in run.tensors.values() if one.kind == "weight" and is_weight(one.tensor)}
    for optimizer in run.happened("optimizer"):
        rate, decay = number(optimizer, "lr"), number(optimizer, "weight_decay")
        if rate is None or decay is None or rate <= 0 or decay <= 0:
            continue
        kind = text(optimizer, "class")
        rates = [float(one.value.max()) for name, one in run.series.items() if name == "lr" and len(one)]
        shrink = max([rate, *rates]) * decay
        norms = [seen for one in held.values() if (seen := values(one, "norm")).size >= 2 and seen[0] > 0]
        fell = sum(seen[-1] < seen[0] for seen in norms)
        if kind in DECOUPLED:
            strong = shrink >= shrink_at and (not norms or 2 * fell >= len(norms))
        else:
            strong = decay >= COUPLED and 2 * _ruled(run, decay) > len(norms) > 0
        if not strong:
            continue
        yield Finding(
            onset=None,
            values={"decay": decay, "rate": max([rate, *rates]), "shrink": shrink, "optimizer": kind or "optimizer"},
            place=place(optimizer, "at"),
        )
        return


def _ruled(run: Run, decay: float) -> int:
    """How many weights are pulled down many times harder than the gradient pulls them anywhere."""
    count = 0
    for one in run.tensors.values():
        weight = run.tensors.get(f"weight/{one.tensor}")
        if one.kind == "gradient" and weight is not None and is_weight(one.tensor):
            gradient = usual(one, "norm")
            count += 0 < gradient * RULES_IT <= decay * usual(weight, "norm")
    return count


RULE = Rule(
    id="weight-decay-too-strong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:optimizer", optional=True),
        Need("tensor:weight", optional=True),
        Need("tensor:gradient", optional=True),
        Need("lr", optional=True),
    ),
    detect=detect,
    remedies=("check-gradients",),
    explains=(
        "chance-level-loss",
        "loss-flat",
        "plateau",
        "slow-descent",
        "constant-metric",
        "vanishing-gradients",
        "learning-rate-too-high",
        "dead-relu",
    ),
    thresholds={"shrink_at": SHRINK},
    confidence=0.95,
    domain=("T9",),
)
