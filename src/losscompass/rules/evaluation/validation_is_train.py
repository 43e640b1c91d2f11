"""A validation on the very samples that are trained on: it cannot show that the model fails on new ones."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, place

FEWEST = 20  # different samples
ALL = 0.98  # of the samples of the validation; a few may not have come by in training before the run ended
AS_MANY = 0.9  # of the samples of the training: less is a part that got into both


def detect(run: Run) -> Iterator[Finding]:
    samples = looked(run, "samples")[-1]
    train, val, shared = (count(samples, key) for key in ("train", "val", "val_in_train"))
    if val >= FEWEST and shared >= ALL * val and val >= AS_MANY * train:
        yield Finding(onset=None, values={"val": val, "shared": shared}, place=place(samples, "at"))


RULE = Rule(
    id="validation-is-train",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:samples", optional=True)),
    detect=detect,
    remedies=("check-data-pipeline",),
    explains=("validation-below-train",),
    confidence=0.95,
    domain=("D5",),
)
