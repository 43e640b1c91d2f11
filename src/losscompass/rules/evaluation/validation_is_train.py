"""A validation on the very samples that are trained on: it cannot show that the model fails on new ones."""

from collections.abc import Iterator
from itertools import chain, islice

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..pairs import LOOKED, pairs
from ..seen import count, flag, number, numbers, place, text
from ..source import program, program_told
from ..source.prepared import validation_of_training
from ..source.validated import data_of_loader, said_to_be_validation

FEWEST = 20  # different samples
ALL = 0.98  # of the samples of the validation; a few may not have come by in training before the run ended
MOST = 0.8  # of those to be expected, where only a part of the training samples was looked at
AS_MANY = 0.9  # of the samples of the training: less is a part that got into both
WITHIN = 0.97  # share of a batch that differs, where copies of samples are in it, too
FEATURES = 4  # that vary: of fewer, samples are alike by chance
TWICE = 1.5  # seen so often as there are different ones: passed over again. A test is passed over once


def detect(run: Run) -> Iterator[Finding]:
    yield from islice(chain(_of_loaders(run), _of_samples(run)), 1)


def _of_loaders(run: Run) -> Iterator[Finding]:
    """Every loader that is validated on gives the samples of the training."""
    if not run.happened("samples"):
        return
    samples = run.happened("samples")[-1]
    made = {number(one, "loader"): one for one in run.happened("loader")}
    lengths = {key: count(one, "length") for key, one in made.items()}
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
        where = place(made.get(loader), "at") or place(samples, "at")
        yield Finding(
            onset=None,
            values={"val": int(val), "shared": int(shared)},
            place=data_of_loader(program_told(run), where, place(made.get(number(samples, "training_loader")), "at")),
        )


def _of_samples(run: Run) -> Iterator[Finding]:
    """What a model is given without gradients before its last step is what it was trained on, and is said to be a validation."""
    if not run.happened("data-look"):
        return
    looks = [one for one in pairs(run) if number(one, "val_early") is not None] or _of_pixels(run)
    for look in looks:
        early, shared, train = (count(look, key) for key in ("val_early", "val_early_in_train", "train_distinct"))
        if early < FEWEST or count(look, "varying") < FEATURES or count(look, "train_again") < 1:
            return
        if max(number(look, "train_varied") or 0.0, number(look, "val_varied") or 0.0) <= WITHIN:
            return  # copies on either side of a split: train-validation-leak
        if shared < ALL * early or (early < AS_MANY * train and not flag(look, "val_cut")):
            return  # one that is not the training set suffices
    for look in looks:
        loop = next(iter(run.happened("loop")[-1:]), None)
        where = said_to_be_validation(program(run), place(look, "val") or place(loop, "val-forward"))
        where = where and (validation_of_training(program(run)) or where)
        if where is not None:
            values = {"val": count(look, "val_early"), "shared": count(look, "val_early_in_train")}
            yield Finding(onset=None, values=values, place=where, confidence=0.85)
            return


def _of_pixels(run: Run) -> list[Event]:
    """Inputs whose targets are one a pixel, by themselves: where no kind of pairs has one target a sample."""
    dense = {count(one, "model") for one in pairs(run) if text(one, "kind") == "dense" and number(one, "val_net_rows")}
    inputs = [one for one in pairs(run, inputs=True) if count(one, "model") in dense]
    return [one for one in inputs if number(one, "val_early") is not None]


def _validations(samples: Event) -> list[tuple[float, ...]]:
    """Loader, different samples, samples seen, those of them in the training: for each loader that is not trained on."""
    each = [numbers(samples, key) for key in ("loaders", "loader_val", "loader_seen", "loader_in_train")]
    return list(zip(*each, strict=False))


RULE = Rule(
    id="validation-is-train",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:samples", optional=True),
        Need("event:loader", optional=True),
        Need("event:loop", optional=True),
        Need("event:source", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("split-again",),
    explains=("validation-below-train", "train-validation-leak"),
    confidence=0.95,
    domain=("D5",),
)
