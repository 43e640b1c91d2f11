"""Random draws that repeat: the generator is seeded anew for every step, or every worker draws the same."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, flag, loops, number, place

LEAST = 5  # steps
OFTEN = 0.9  # a step: seeds that are set for a validation are set once a pass
NEAR = 0.1  # to 1 − 1/workers, the share of samples that then have been seen before


def detect(run: Run) -> Iterator[Finding]:
    found = loops(run)
    steps = sum(count(loop, "steps") for loop in found)
    again = max((count(loop, "reseeds") for loop in found), default=0)
    if steps >= LEAST and again >= OFTEN * steps:
        yield Finding(onset=None, values={"times": again, "steps": steps}, place=place(found[-1], "seed"))
        return
    seeded = next((loop for loop in found if flag(loop, "seeded_each_step") and count(loop, "steps") >= LEAST), None)
    if seeded is not None:
        steps = count(seeded, "steps")
        yield Finding(
            onset=None, values={"times": steps, "steps": steps}, place=place(seeded, "fixed-seed"), confidence=0.9
        )
        return
    samples = run.happened("samples")
    repeats = number(samples[-1], "train_repeats") if samples else None
    for loader in run.happened("loader"):
        workers = count(loader, "workers")
        if workers >= 2 and repeats is not None and abs(repeats - (1 - 1 / workers)) < NEAR:
            yield Finding(
                onset=None,
                values={"times": round(repeats * count(samples[-1], "train")), "steps": steps},
                confidence=0.7,
                place=place(loader, "at"),
            )
            return


RULE = Rule(
    id="duplicate-random-data",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:samples", optional=True),
        Need("event:loader", optional=True),
    ),
    detect=detect,
    remedies=("check-data-pipeline",),
    explains=("overfitting", "generalization-gap", "loss-flat"),
    confidence=0.95,
    domain=("D5",),
)
