"""Gradients that shrink on their way to the first layers until nothing is left of them."""

from collections.abc import Iterator
from math import sqrt

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..looks import EARLY, last, values, weights
from ..seen import count, place, texts

# of the largest gradient (root mean square of a number): the layers that learn a thousand times slower
FAINT = Threshold(1e-3, unit="of the largest gradient", basis="calibration/watched/vanishing-gradients.json")
# of one of them. The weakest layer of a sound program of the zoo has 3e-3
GONE = Threshold(1e-4, unit="of the largest gradient", basis="calibration/watched/vanishing-gradients.json")
SQUASHING = ("Sigmoid", "Tanh")
MANY = 6  # of them, one behind the other
SHRUNK = 0.02  # of the largest gradient, where so many sigmoids stand in a row: each passes on a quarter at most
LONG, FLAT = 50, 0.02  # steps, and the share by which the loss moves at most
STILL = 0.01  # the share by which the outputs of the first half of the layers change at most
MOVES = 0.1  # and those of the last one at least
LAYERS = 4  # with fewer there is no depth to shrink in


def detect(run: Run, faint_at: float = FAINT.value, gone: float = GONE.value) -> Iterator[Finding]:
    # Every look counts, the first too: where a branch starts at zero (residuals, adapters) the gradient below it is 0 at
    # first and grows; a gradient that vanishes is never quite 0.
    if (still := _still(run)) is not None:
        yield still
        return
    sizes: list[tuple[str, float]] = []
    for one in weights(run, "gradient"):
        seen = values(one, "norm")[:EARLY]
        if seen.size and min(seen) >= 0:
            sizes.append((one.tensor, float(max(seen)) / sqrt(last(one, "size")) if min(seen) > 0 else 0.0))
    if len(sizes) < LAYERS:
        return
    at = max(range(len(sizes)), key=lambda index: sizes[index][1])
    largest = sizes[at][1]
    graph = next(iter(run.happened("graph")), None)
    squashed = graph is not None and count(graph, "squashed_run") >= MANY
    # Behind sigmoids in a row nothing of an early layer, or time, arrives: what does has come the short way.
    faint_at, gone = (SHRUNK, SHRUNK) if squashed else (faint_at, gone)
    faint = [(name, size / largest) for name, size in sizes[:at] if 0 < size <= faint_at * largest]
    if len(faint) < 2 or min(share for _, share in faint) > gone:
        return
    name, share = min(faint, key=lambda one: one[1])
    model = next(iter(run.happened("model")), None)
    yield Finding(
        onset=None,
        values={
            "what": "words:vanishing-gradients.faint",
            "layer": name,
            "share": share,
            "strongest": sizes[at][0],
            "faint": len(faint),
            "layers": len(sizes),
        },
        place=(place(graph, "squashed") if squashed else None) or place(model, "recurrent", "at"),
    )


def _still(run: Run) -> Finding | None:
    """Of a run whose gradients were not seen: with many squashing activations ahead the first layers give what they gave, and the last does not."""
    graph, curve = next(iter(run.happened("graph")), None), run.curve("train")
    if graph is None or run.tracks("gradient") or curve is None or len(curve) < LONG:
        return None
    counts = dict(name.rpartition("×")[::2] for name in texts(graph, "ops"))
    squashing = sum(int(counts[name]) for name in SQUASHING if counts.get(name, "").isdigit())
    if squashing < MANY or any(word in name for name in counts for word in ("elu", "Norm", "Rnn")):
        return None
    moved = []
    for one in run.tracks("activation"):
        seen = values(one, "std")
        if seen.size >= 2 and seen[0] > 0:
            moved.append((one.tensor, float(max(abs(seen[1:] / seen[0] - 1)))))
    first = moved[: len(moved) // 2]
    early, late = float(np.median(curve.value[: LONG // 2])), float(np.median(curve.value[-LONG // 2 :]))
    flat = abs(late - early) < FLAT * abs(early)
    if len(first) < LAYERS or max(share for _, share in first) > STILL or moved[-1][1] < MOVES or not flat:
        return None
    model = next(iter(run.happened("model")), None)
    shown: dict[str, float | str] = {"what": "words:vanishing-gradients.still", "layer": first[0][0], "share": 0.0}
    shown |= {"strongest": moved[-1][0], "faint": squashing, "layers": len(moved)}
    return Finding(onset=None, values=shown, place=place(model, "recurrent", "at"), confidence=0.8)


RULE = Rule(
    id="vanishing-gradients",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("tensor:gradient", optional=True),
        Need("tensor:activation", optional=True),
        Need("event:graph", optional=True),
        Need("curve:train", optional=True),
        Need("event:model", optional=True),
    ),
    detect=detect,
    remedies=("check-gradients",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss", "constant-metric", "learning-rate-too-low"),
    thresholds={"faint_at": FAINT, "gone": GONE},
    confidence=0.9,
    domain=("T3",),
)
