"""Rows of the validation that the training has, too, exactly or nearly (D5): the validation loss then says nothing."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..pairs import LOOKED
from ..source import program_told
from ..source.twins import same_seed
from ..source.validated import data_of_loader
from ._columns import figures, known, number, table, text, whole
from ._copies import WHOLE, copied_before_split

SHARE = Threshold(0.01, unit="share of the validation rows", basis="calibration/train-validation-leak.json")
CHANCE = Threshold(0.01, unit="chance of a twin among independent rows", basis="calibration/train-validation-leak.json")
CRITICAL = 0.1  # share from which on no figure of the validation can be believed
TIMES = 5.0  # so many times the share that chance makes
RECUR = 10.0  # a share of the validation less than so many times the share that recurs within one pass of training is no leak


def detect(run: Run, share: float = SHARE.value, chance: float = CHANCE.value) -> Iterator[Finding]:
    copied = copied_before_split(run) if run.facts.get("watched") else None
    if copied is not None:
        yield copied
        return
    twin = same_seed(run) if run.facts.get("watched") is True else None
    if twin is not None and not _seen_apart(run):
        values: dict[str, float | int | str] = {
            "what": "words:train-validation-leak.seed",
            "name": twin.name,
            "seed": twin.seed,
        }
        yield Finding(onset=None, values=values, severity=Severity.CRITICAL, confidence=0.9, place=twin.place)
        return
    samples = known(run, "samples")
    seen = number(samples, "val", 0) or number(
        samples, "val_seen", 0
    )  # different ones: a watched pass shows each again
    if not 20 <= seen < np.inf:
        return
    exact = number(samples, "val_in_train", 0) / seen
    near, expected = number(samples, "near", 0), number(samples, "near_chance", 0)
    if not (0 <= exact <= 1 and 0 <= near <= 1):
        return  # shares that are none: a damaged journal
    copies = exact >= share and number(samples, "chance", 0) <= chance
    alike = near >= max(share, TIMES * expected) and expected <= chance * 10 and number(samples, "chance", 0) <= chance
    if (not copies and not alike) or (exact >= WHOLE and run.facts.get("watched")):
        return  # not a part of the validation got into the training: it is the training data (validation-is-train)
    tokens = any(text(one, "dtype").startswith("int") for one in run.happened("batch"))
    recur = max(number(samples, "train_repeats", 0), _within_validation(run))
    if run.facts.get("watched") and (tokens or recur >= exact / RECUR):
        return  # short sequences of few letters recur by themselves, in the training or the validation alone as well
    rows: list[tuple[int, int | str]] = [(row, "") for row in whole(figures(samples, "near_rows"))]
    if copies:
        rows = list(zip(whole(figures(samples, "val_rows")), whole(figures(samples, "train_rows")), strict=False))
    yield Finding(
        onset=None,
        values={
            "what": "words:train-validation-leak.rows",
            "exact": exact if copies else 0.0,
            "near": near if alike else 0.0,
            "count": round((exact if copies else 0) * seen + (near if alike else 0) * seen),
            "rows": int(seen),
        },
        exhibits=table(("validation-row", "training-row"), rows),
        severity=Severity.CRITICAL if (exact if copies else 0) + (near if alike else 0) >= CRITICAL else None,
        place=_data(run, samples),
    )


def _within_validation(run: Run) -> float:
    """The share of the validation's samples that recur within one pass over it."""
    lengths = {number(one, "loader", -1): number(one, "length", 0) for one in run.happened("loader")}
    shares = [0.0]
    for one in run.happened("samples"):
        seen, loaders = number(one, "val_seen", 0), figures(one, "loaders")
        if len(loaders) == 1 and 0 < seen <= lengths.get(float(loaders[0]), 0):
            shares.append(1.0 - number(one, "val", 0) / seen)
    return max(shares)


def _data(run: Run, samples: Event) -> Place | None:
    """Where the data of the validation are made; of a table nowhere."""
    made = samples.places.get("at")
    if made is None:
        return None
    training = next(
        (one for one in run.happened("loader") if one.data.get("loader") == samples.data.get("training_loader")), None
    )
    return data_of_loader(program_told(run), made, None if training is None else training.places.get("at"))


def _seen_apart(run: Run) -> bool:
    """Whether samples of both parts were looked at, and none was in both."""
    return any(number(one, "val", 0) > 0 and not number(one, "val_in_train", 0) for one in run.happened("samples"))


RULE = Rule(
    id="train-validation-leak",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:samples", optional=True),
        Need("event:batch", optional=True),
        Need("event:source", optional=True),
        Need("event:loader", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("split-again",),
    explains=("validation-below-train", "duplicate-rows"),
    thresholds={"share": SHARE, "chance": CHANCE},
    confidence=0.83,
    domain=("D5",),
)
