"""Statistics taken from all rows before they were split (D5): training and validation together are exactly standardised, neither alone is."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed

EXACT = Threshold(
    0.02,
    unit="mean of all rows over the mean of the training rows alone",
    basis="calibration/preprocessing-before-split.json",
)
COLUMNS = 3  # that must show it
ONE = 1e-3  # how near the spread of all must be to 1, or the range to 0–1


def detect(run: Run, exact: float = EXACT.value) -> Iterator[Finding]:
    splits = known(run, "splits")
    names = column(splits, "name" if "name" in splits.data else "names")
    together, apart = _standardised(splits)
    scaled = np.flatnonzero((together <= exact * np.maximum(apart, 1e-12)) & (apart > 1e-9))
    ranged = _ranged(splits)
    hit = scaled if scaled.size >= max(COLUMNS, 0.5 * names.size) else ranged
    if hit.size < max(COLUMNS, 0.3 * names.size):
        return
    yield Finding(onset=None, values={"columns": int(hit.size), "of": int(names.size), "names": listed(names[hit])})


def _standardised(splits: Event) -> tuple[np.ndarray, np.ndarray]:
    """How far all rows together, and the training alone, are from mean 0, where the spread of all is 1."""
    n, m = figures(splits, "train_count"), figures(splits, "val_count")
    a, b, s, t = (column(splits, key) for key in ("train_mean", "val_mean", "train_std", "val_std"))
    total = np.maximum(n + m, 1)
    mean = (n * a + m * b) / total
    variance = (n * (s**2 + a**2) + m * (t**2 + b**2)) / total - mean**2
    unit = np.abs(np.sqrt(np.maximum(variance, 0)) - 1) <= ONE + 1 / total
    return np.where(unit, np.abs(mean), np.inf), np.abs(a)


def _ranged(splits: Event) -> np.ndarray:
    """Columns that reach exactly from 0 to 1, an end of which only the validation reaches."""
    low, high, other_low, other_high = (
        column(splits, key) for key in ("train_low", "train_high", "val_low", "val_high")
    )
    bottom, top = np.minimum(low, other_low), np.maximum(high, other_high)
    unit = (np.abs(bottom) <= 1e-9) & (np.abs(top - 1) <= 1e-9)
    only = (low > 1e-6) | (high < 1 - 1e-6)
    return np.flatnonzero(unit & only) if np.count_nonzero(unit) >= 0.5 * low.size else np.zeros(0, dtype=np.int64)


RULE = Rule(
    id="preprocessing-before-split",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:splits", optional=True)),
    detect=detect,
    remedies=("fit-on-training-only",),
    thresholds={"exact": EXACT},
    confidence=0.75,
    domain=("D5",),
)
