"""A learning rate that is next to nothing, and a loss that creeps down a straight line."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.thin import block_edges, block_levels
from ...signal.trend import mann_kendall
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold
from ..looks import EARLY, update_ratio
from ..seen import flag, place

TINY = Threshold(1e-6, unit="highest learning rate", basis="domain T1: usual starts are 1e-3 to 1e-5")
PROGRESS = Threshold(0.1, unit="share of the first loss", basis="calibration/learning-rate-too-low.json")
STRAIGHT = Threshold(0.6, unit="second / first half's fall", basis="calibration/learning-rate-too-low.json")


NOWHERE = 0.02  # of the weights of a layer: what all steps together can have changed. A layer that learns changes by a good part
STEPS = 50
LITTLE, CREEPS, ALWAYS = 0.2, 5, 0.9  # of the weights, where a validation of so many passes falls in so many of them


def detect(
    run: Run, tiny: float = TINY.value, progress: float = PROGRESS.value, straight: float = STRAIGHT.value
) -> Iterator[Finding]:
    if (seen := _seen_in_the_weights(run)) is not None:
        yield seen
        return
    loss = run.curve("train")
    rates = [one for one in run.series.values() if one.role.kind is Kind.LEARNING_RATE]
    highest = max((float(rate.value.max()) for rate in rates), default=1.0)
    if loss is None or loss.role.direction != -1 or not 0 <= highest <= tiny:
        return
    first, middle, last = (float(x) for x in block_levels(loss.value, block_edges(len(loss), 3)))
    fell, early, late = first - last, first - middle, middle - last
    creeping = late >= straight * early > 0 and mann_kendall(loss.value)[1] < 0.01
    if fell <= progress * abs(first) and (highest == 0 or creeping):
        yield Finding(
            onset=float(loss.step[0]),
            values={"curve": loss.name, "rate": highest, "first": first, "last": last},
            exhibits=(Exhibit(rates[0].name), Exhibit(loss.name)),
            severity=Severity.CRITICAL if highest == 0 else None,
            confidence=0.99 if highest == 0 else None,
        )


def _seen_in_the_weights(run: Run) -> Finding | None:
    """Of a watched run: how far the weights can have come, had all steps gone the same way."""
    loss, rates = run.curve("train"), [one for one in run.series.values() if one.role.kind is Kind.LEARNING_RATE]
    moved = [one for one in run.tensors.values() if one.kind == "update"]
    if run.facts.get("watched") is not True or loss is None or not rates or not moved or len(loss) < STEPS:
        return None
    early = float(rates[0].value[:EARLY].mean())
    scale = float(rates[0].value.mean()) / early if early > 0 else 1.0  # a warm-up begins with less than comes later
    ratio = update_ratio(run)
    way = ratio * max(scale, 1.0) * len(loss)
    first, _, last = (float(x) for x in block_levels(loss.value, block_edges(len(loss), 3)))
    if not _creeps(run, way) and not 0 < way <= (NOWHERE if first - last <= 0.1 * abs(first) else NOWHERE / 20):
        return None
    return Finding(
        onset=float(loss.step[0]),
        values={"curve": loss.name, "rate": float(rates[0].value.max()), "first": first, "last": last},
        exhibits=(Exhibit(rates[0].name), Exhibit(loss.name)),
        confidence=0.95,
        place=place(next(iter(run.happened("optimizer")), None), "at"),
    )


def _creeps(run: Run, way: float) -> bool:
    """Whether weights come a little way, and the validation, which has no noise of batches, falls each time by next to nothing."""
    val = run.curve("val")
    loaded = any(flag(one, "loaded") for one in run.happened("model"))
    if val is None or val.role.direction != -1 or len(val) < CREEPS or loaded or not 0 < way <= LITTLE:
        return False
    falls = np.diff(val.value) < 0
    return bool(falls.mean() >= ALWAYS and 0 < val.value[0] - val.value[-1] <= PROGRESS.value / 2 * abs(val.value[0]))


RULE = Rule(
    id="learning-rate-too-low",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("curve:train", points=12),
        Need("kind:learning-rate", points=3),
        Need("fact:watched", optional=True),
        Need("tensor:update", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:model", optional=True),
        Need("curve:val", optional=True),
    ),
    detect=detect,
    remedies=("raise-learning-rate",),
    explains=(
        "loss-flat",
        "loss-still-falling",
        "chance-level-loss",
        "plateau",
        "slow-descent",
        "constant-metric",
        "loss-oscillation",
    ),
    confidence=0.7,
    thresholds={"tiny": TINY, "progress": PROGRESS, "straight": STRAIGHT},
    domain=("T1",),
)
