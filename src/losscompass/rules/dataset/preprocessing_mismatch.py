"""Most columns of the validation lie on another scale than those of the training: the two were prepared differently (D8)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, table

SCALE = Threshold(3.0, unit="ratio of the spreads", basis="calibration/preprocessing-mismatch.json")
MOVED = Threshold(3.0, unit="difference of the means in spreads", basis="calibration/preprocessing-mismatch.json")
MOST = 0.5  # share of the columns that vary
FEWEST = 20  # rows of each part


def detect(run: Run, scale: float = SCALE.value, moved: float = MOVED.value) -> Iterator[Finding]:
    splits = known(run, "splits")
    if figures(splits, "rows").min() >= FEWEST:
        names = column(splits, "names")
        mean, other, std, their = (column(splits, key) for key in ("train_mean", "val_mean", "train_std", "val_std"))
        vary = (std > 0) & (their > 0)
        with np.errstate(all="ignore"):
            ratio = np.where(vary, np.maximum(their / std, std / their), 1.0)
            distance = np.where(vary, np.abs(other - mean) / np.minimum(std, their), 0.0)
        hit = np.flatnonzero((ratio >= scale) | (distance >= moved))
        if hit.size and hit.size >= MOST * max(1, int(np.count_nonzero(vary))):
            yield Finding(
                onset=None,
                values={
                    "columns": int(hit.size),
                    "of": int(names.size),
                    "names": listed(names[hit]),
                    "ratio": float(np.median(ratio[hit])),
                },
                exhibits=table(
                    ("column", "training-mean", "training-spread", "validation-mean", "validation-spread"),
                    zip(names[hit], *(x[hit].tolist() for x in (mean, std, other, their)), strict=True),
                ),
            )


RULE = Rule(
    id="preprocessing-mismatch",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:splits", optional=True)),
    detect=detect,
    remedies=("fit-on-training-only",),
    explains=("distribution-shift", "generalization-gap"),
    thresholds={"scale": SCALE, "moved": MOVED},
    confidence=0.75,
    domain=("D8",),
)
