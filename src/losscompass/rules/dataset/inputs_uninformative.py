"""The inputs tell nothing of the target: trees that never saw a row do not do better than a constant guess (D4, J3)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import (
    CERTAIN,
    ELSEWHERE,
    LOOKED,
    enough,
    error,
    figure,
    network,
    only_the_training_is_silent,
    pairs,
    silent,
    skill,
)
from ._columns import known, number, text

RANKING = Threshold(0.53, unit="ROC AUC of trees, mean over the classes", basis="calibration/inputs-uninformative.json")
EXPLAINED = Threshold(
    0.01, unit="share of the variance that trees explain", basis="calibration/inputs-uninformative.json"
)
FEWEST = 200  # rows, and
LEAST = 30  # rows of the smallest class, below which chance decides

# Of a watched run. A table of truth values has few different inputs, too, but no more targets than these.
ALIKE, PER_INPUT = 3, 3.0  # different inputs at most, and different pairs for each
LEARNT = 0.2  # skill of a network that got something out of the inputs
STRUCTURE = 3.0  # times what chance makes of the correlations of the features: more, and the inputs are of something


def detect(run: Run, ranking: float = RANKING.value, explained: float = EXPLAINED.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run)
        return
    learned = known(run, "prediction")
    if number(learned, "rows", 0) < FEWEST:
        raise Undecided("rows-with-target")
    score, guess = number(learned, "score"), number(learned, "guess")
    if text(learned, "metric") == "accuracy":
        area, least = number(learned, "ranking", 1), number(learned, "least", 0)
        nothing = least >= LEAST and area < ranking and score < guess + 2 * number(learned, "error", 0) + 0.01
        nothing = nothing and area - 0.5 < 3 / np.sqrt(12 * least)
    else:
        nothing = score < explained
    if nothing:
        yield Finding(onset=None, values={"score": score, "guess": guess, "rows": int(number(learned, "rows"))})


def _watched(run: Run) -> Iterator[Finding]:
    looks = list(pairs(run))
    if not looks:
        raise Undecided("watched-data-look")
    for look in looks:
        different, kept, seen = (int(figure(look, key, 0)) for key in ("train_distinct", "train", "train_seen"))
        learnt = max(network(look, "train") or 0.0, network(look, "val") or 0.0)
        values = {"score": skill(look, "train"), "guess": 0.0, "rows": kept}
        if 0 < different <= ALIKE and kept >= PER_INPUT * different and seen >= FEWEST // 2 and learnt < LEARNT:
            yield Finding(onset=None, values={**values, "rows": seen}, confidence=0.95, severity=Severity.CRITICAL)
        elif (
            enough(look, "train", "val", least=100)
            and silent(look, "train")
            and silent(look, "val")
            and silent(look, "across")
            and learnt < max(0.1, CERTAIN * error(look, "val"))
        ):
            noise = figure(look, "structure", STRUCTURE) < STRUCTURE
            yield Finding(onset=None, values=values, confidence=0.7 if noise else 0.45)
        elif enough(look, "train", "val", least=100) and only_the_training_is_silent(look) and _other(look):
            yield Finding(
                onset=None,
                values=values,
                confidence=0.9,
                severity=Severity.CRITICAL,
                place=look.places.get("train"),
            )
        else:
            continue
        return


def _other(look: Event) -> bool:
    """Whether the inputs of the training are of another kind than those of the validation, and the network learnt nothing that holds there."""
    val_net = network(look, "val")
    return figure(look, "shifted", 0) > ELSEWHERE and (
        val_net is None or val_net < max(0.1, CERTAIN * error(look, "val"))
    )


RULE = Rule(
    id="inputs-uninformative",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:audited|fact:watched"), Need("event:prediction", optional=True), LOOKED),
    detect=detect,
    remedies=("check-labels", "check-data-pipeline"),
    explains=("loss-flat", "chance-level-loss", "plateau", "slow-descent", "overfitting", "loss-oscillation"),
    thresholds={"ranking": RANKING, "explained": EXPLAINED},
    confidence=0.67,
    domain=("D4", "J3"),
)
