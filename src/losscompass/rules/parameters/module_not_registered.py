"""Layers that run but belong to no module: `model.parameters()` does not know them, and so they never learn."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, last_looks, place, shown, texts


def detect(run: Run) -> Iterator[Finding]:
    for look in last_looks(run):
        # Plain tensors that were given to the optimiser belong to no module either, and learn.
        unregistered, held = count(look, "unregistered"), count(look, "unregistered_held")
        at = place(look, "unregistered")
        if unregistered <= held or at is None:
            continue
        yield Finding(
            onset=None,
            values={"missed": unregistered - held, "names": shown(texts(look, "unregistered_names")) or "?"},
            place=at,
        )
        return


RULE = Rule(
    id="module-not-registered",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:coverage", optional=True)),
    detect=detect,
    remedies=("register-modules",),
    explains=(
        "learning-rate-too-low",
        "optimizer-misses-parameters",
        "plateau",
        "slow-descent",
        "loss-flat",
        "stalled-metric",
    ),
    confidence=0.98,
    domain=("T9",),
)
