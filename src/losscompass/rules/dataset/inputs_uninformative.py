"""The inputs tell nothing of the target: trees that never saw a row do not do better than a constant guess (D4, J3)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ._columns import AUDITED, known, number, text

RANKING = Threshold(0.53, unit="ROC AUC of trees, mean over the classes", basis="calibration/inputs-uninformative.json")
EXPLAINED = Threshold(
    0.01, unit="share of the variance that trees explain", basis="calibration/inputs-uninformative.json"
)
FEWEST = 200  # rows, and
LEAST = 30  # rows of the smallest class, below which chance decides


def detect(run: Run, ranking: float = RANKING.value, explained: float = EXPLAINED.value) -> Iterator[Finding]:
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


RULE = Rule(
    id="inputs-uninformative",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:prediction", optional=True)),
    detect=detect,
    remedies=("check-labels", "check-data-pipeline"),
    explains=("loss-flat", "chance-level-loss"),
    thresholds={"ranking": RANKING, "explained": EXPLAINED},
    confidence=0.67,
    domain=("D4", "J3"),
)
