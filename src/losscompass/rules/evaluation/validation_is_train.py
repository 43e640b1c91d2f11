"""A validation on the very samples that are trained on: it cannot show that the model fails on new ones."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, number, numbers, place

FEWEST = 20  # different samples
ALL = 0.98  # of the samples of the validation; a few may not have come by in training before the run ended
MOST = 0.8  # of those to be expected, where only a part of the training samples was looked at
AS_MANY = 0.9  # of the samples of the training: less is a part that got into both
TWICE = 1.5  # seen so often as there are different ones: passed over again. A test is passed over once


def detect(run: Run) -> Iterator[Finding]:
    samples = looked(run, "samples")[-1]
    lengths = {number(one, "loader"): count(one, "length") for one in run.happened("loader")}
    train = count(samples, "train")
    whole = max(train, lengths.get(number(samples, "training_loader"), 0))
    rows = [row for row in _validations(samples) if row[1] >= FEWEST]
    again = [row for row in rows if row[2] >= TWICE * row[1]] or rows
    for loader, val, _, shared in again:
        expected = ALL * val if train >= whole else MOST * val * train / whole
        if shared < max(expected, FEWEST * ALL) or max(val, lengths.get(loader, 0)) < AS_MANY * whole:
            return  # one that is not the training set suffices: the other shows the training loss without dropout
    if again:
        loader, val, _, shared = again[0]
        made = next((one for one in run.happened("loader") if number(one, "loader") == loader), None)
        yield Finding(
            onset=None,
            values={"val": int(val), "shared": int(shared)},
            place=place(made, "at") or place(samples, "at"),
        )


def _validations(samples: Event) -> list[tuple[float, ...]]:
    """Loader, different samples, samples seen, those of them in the training: for each loader that is not trained on."""
    each = [numbers(samples, key) for key in ("loaders", "loader_val", "loader_seen", "loader_in_train")]
    return list(zip(*each, strict=False))


RULE = Rule(
    id="validation-is-train",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:samples", optional=True), Need("event:loader", optional=True)),
    detect=detect,
    remedies=("split-again",),
    explains=("validation-below-train", "train-validation-leak"),
    confidence=0.95,
    domain=("D5",),
)
