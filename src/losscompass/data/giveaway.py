"""How much of the target each feature gives away by itself: bins of the feature, filled on one half of the rows and tried on the other."""

import numpy as np
from jaxtyping import Float, Int

BINS, ROWS_A_BIN = 64, 20
"""At most so many bins, and so many rows in each."""

MOST = 2_000


def skill_of_classes(
    x: Float[np.ndarray, "rows columns"], codes: Int[np.ndarray, " rows"], classes: int, seed: int = 0
) -> Float[np.ndarray, " columns"]:
    """Of each column: the share of the target's entropy that it removes (1: it tells the class, 0 or less: it tells nothing)."""
    first = np.random.default_rng(seed).random(codes.size) < 0.5
    prior = (np.bincount(codes, minlength=classes) + 0.5) / (codes.size + 0.5 * classes)
    entropy = -float(np.log(prior[codes]).mean())
    skills = np.zeros(x.shape[1])
    if entropy <= 0:
        return skills
    for column in range(min(x.shape[1], MOST)):
        bins = binned(x[:, column])
        surprise = 0.0
        for half in (first, ~first):
            table = np.zeros((int(bins.max()) + 1, classes))
            np.add.at(table, (bins[half], codes[half]), 1.0)
            shares = (table + 0.1 * prior) / (table.sum(axis=1, keepdims=True) + 0.1)
            surprise -= float(np.log(shares[bins[~half], codes[~half]]).sum())
        skills[column] = 1 - surprise / codes.size / entropy
    return skills


def skill_of_values(
    x: Float[np.ndarray, "rows columns"], values: Float[np.ndarray, " rows"], seed: int = 0
) -> Float[np.ndarray, " columns"]:
    """Of each column: the share of the target's variance that it explains, by bins or by a straight line, the better of both."""
    first = np.random.default_rng(seed).random(values.size) < 0.5
    variance = float(values.var())
    skills = np.zeros(x.shape[1])
    if variance <= 0:
        return skills
    for column in range(min(x.shape[1], MOST)):
        bins = binned(x[:, column])
        error = 0.0
        for half in (first, ~first):
            total = np.bincount(bins[half], weights=values[half], minlength=int(bins.max()) + 1)
            count = np.bincount(bins[half], minlength=int(bins.max()) + 1)
            guess = np.where(count > 0, total / np.maximum(count, 1), values[half].mean())
            error += float(((values[~half] - guess[bins[~half]]) ** 2).sum())
        with np.errstate(all="ignore"):
            line = float(np.corrcoef(x[:, column], values)[0, 1]) ** 2 if x[:, column].std() > 0 else 0.0
        skills[column] = max(1 - error / values.size / variance, line if np.isfinite(line) else 0.0)
    return skills


def binned(column: Float[np.ndarray, " rows"]) -> Int[np.ndarray, " rows"]:
    """Each value's bin: one a value where there are few, else bins of equally many rows."""
    distinct, place = np.unique(column, return_inverse=True)
    bins = max(4, min(BINS, column.size // ROWS_A_BIN))
    if distinct.size <= bins:
        return place.astype(np.int64)
    edges = np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1])
    return np.searchsorted(np.unique(edges), column, side="right").astype(np.int64)
