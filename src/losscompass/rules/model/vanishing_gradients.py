"""Gradients that shrink on their way to the first layers until nothing is left of them."""

from collections.abc import Iterator
from math import sqrt

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..looks import EARLY, last, values, weights
from ..seen import place

# of the largest gradient (root mean square of a number): the layers that learn a thousand times slower
FAINT = Threshold(1e-3, unit="of the largest gradient", basis="calibration/watched/vanishing-gradients.json")
# of one of them. The weakest layer of a sound program of the zoo has 3e-3
GONE = Threshold(1e-4, unit="of the largest gradient", basis="calibration/watched/vanishing-gradients.json")
LAYERS = 4  # with fewer there is no depth to shrink in


def detect(run: Run, faint_at: float = FAINT.value, gone: float = GONE.value) -> Iterator[Finding]:
    # Every look counts, the first too: where a branch starts at zero (residuals, adapters) the gradient below it is 0 at
    # first and grows; a gradient that vanishes is never quite 0.
    sizes: list[tuple[str, float]] = []
    for one in weights(run, "gradient"):
        seen = values(one, "norm")[:EARLY]
        if seen.size and min(seen) >= 0:
            sizes.append((one.tensor, float(max(seen)) / sqrt(last(one, "size")) if min(seen) > 0 else 0.0))
    if len(sizes) < LAYERS:
        return
    at = max(range(len(sizes)), key=lambda index: sizes[index][1])
    largest = sizes[at][1]
    faint = [(name, size / largest) for name, size in sizes[:at] if 0 < size <= faint_at * largest]
    if len(faint) < 2 or min(share for _, share in faint) > gone:
        return
    name, share = min(faint, key=lambda one: one[1])
    model = next(iter(run.happened("model")), None)
    yield Finding(
        onset=None,
        values={"layer": name, "share": share, "strongest": sizes[at][0], "faint": len(faint), "layers": len(sizes)},
        place=place(model, "recurrent", "at"),
    )


RULE = Rule(
    id="vanishing-gradients",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("tensor:gradient", optional=True), Need("event:model", optional=True)),
    detect=detect,
    remedies=("check-gradients",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss", "constant-metric", "learning-rate-too-low"),
    thresholds={"faint_at": FAINT, "gone": GONE},
    confidence=0.9,
    domain=("T3",),
)
