"""Which labels are probably wrong, and what share of all: confident learning (Northcutt, Jiang & Chuang 2021), with an interval.

A label is doubted where a model that never saw the row is as sure of another class as it usually is of rows of that class.
The counts of such rows, brought to the number of labels of each class, estimate the share of wrong ones.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

KEEP = 0.85
"""Of the rows that the estimated share stands for, how many are named, the surest first: the rest are too close to call."""

MODEL_ERROR = 0.01
"""What the estimate was off by where nothing but chance and the model were at work: benchmarks/bench_data.py, standard deviation."""

DRAWS = 40

SUREST = 1 / 5
"""Of the rows that are told to be of a class: those of which the model is surest."""

SURE, OVERLAP = 1 / 3, 0.015
"""How much more may be wrong in all than in the surer third, before the rest is put down to classes that overlap."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """`doubted`: mask over the rows; `suggested`: the likelier class of each; `margin`: how much likelier, in shares."""

    share: float
    certain: float  # share of contradicted labels where the model is surest
    low: float
    high: float
    doubted: Bool[np.ndarray, " rows"]
    suggested: Int[np.ndarray, " rows"]
    margin: Float[np.ndarray, " rows"]


def doubts(shares: Float[np.ndarray, "rows classes"], codes: Int[np.ndarray, " rows"], seed: int = 0) -> Doubts:
    """From out-of-sample shares of the classes and the labels as they are. The interval holds 19 times in 20."""
    rows = np.arange(codes.size)
    confident, sure = _confident(shares, codes)
    counted = _off_diagonal(codes, confident, sure, shares.shape[1])
    certain, fairly = contradicted(shares, codes, SUREST), contradicted(shares, codes, SURE)
    share = min(counted, fairly + OVERLAP)
    random = np.random.default_rng(seed)
    draws = [random.integers(0, codes.size, codes.size) for _ in range(DRAWS)]
    spread = float(np.std([_off_diagonal(codes[d], confident[d], sure[d], shares.shape[1]) for d in draws]))
    wide = 2 * float(np.hypot(spread, MODEL_ERROR if share > 0 else 0.0)) + (counted - share)
    suggested = shares.argmax(axis=1)
    margin = np.where(suggested != codes, shares[rows, suggested] - shares[rows, codes], -1.0)
    surest = sure & (confident != codes) & (suggested != codes)
    count = max(round(KEEP * share * codes.size), int(surest.sum()))
    doubted = np.zeros(codes.size, dtype=bool)
    doubted[np.argsort(-margin, kind="stable")[:count]] = True
    return Doubts(
        share, certain, max(0.0, share - wide), min(1.0, share + wide), doubted & (margin > 0), suggested, margin
    )


def contradicted(shares: Float[np.ndarray, "rows classes"], codes: Int[np.ndarray, " rows"], part: float) -> float:
    """The share of labels that say another class among the surest part of the rows that are told to be of each class.

    Where classes overlap, a model knows it and is unsure there; wrong labels contradict it where it is surest as well.
    """
    told, sureness = shares.argmax(axis=1), shares.max(axis=1)
    kept = np.zeros(codes.size, dtype=bool)
    for k in range(shares.shape[1]):
        rows = np.flatnonzero(told == k)
        kept[rows[np.argsort(-sureness[rows], kind="stable")[: max(1, int(part * rows.size))]]] = rows.size > 0
    return float((told[kept] != codes[kept]).mean()) if kept.any() else 0.0


def _confident(shares: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The class of which the model is as sure as it usually is where it is given, and whether there is one."""
    usual = np.array([shares[codes == k, k].mean() if (codes == k).any() else np.inf for k in range(shares.shape[1])])
    above = shares >= usual
    return np.where(above, shares, -1.0).argmax(axis=1), np.asarray(above.any(axis=1))


def _off_diagonal(codes: np.ndarray, confident: np.ndarray, sure: np.ndarray, classes: int) -> float:
    joint = np.zeros((classes, classes))
    np.add.at(joint, (codes[sure], confident[sure]), 1.0)
    given = joint.sum(axis=1, keepdims=True)
    scaled = joint / np.where(given > 0, given, 1.0) * np.bincount(codes, minlength=classes)[:, None]
    total = scaled.sum()
    return float(1 - np.trace(scaled) / total) if total > 0 else 0.0
