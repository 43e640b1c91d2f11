"""Slope and its certainty, from ranks and medians: no outlier, no distribution decides."""

import math

import numpy as np
from jaxtyping import Float

from .thin import block_edges, block_levels, stride_index

_PAIRS = 700  # points of which all pairs are looked at: 245,000 pairs, 4 MB, 3 ms


def theil_sen(step: Float[np.ndarray, " n"], value: Float[np.ndarray, " n"]) -> tuple[float, float]:
    """Slope and intercept: the median slope over all pairs of at most 700 evenly taken points (Theil 1950, Sen 1968).

    Zero slope where there are fewer than two different steps.
    """
    keep = stride_index(value.size, _PAIRS)
    x, y = step[keep], value[keep]
    i, j = np.triu_indices(x.size, 1)
    apart = x[j] > x[i]
    if not apart.any():
        return 0.0, float(np.median(y)) if y.size else 0.0
    slope = float(np.median((y[j] - y[i])[apart] / (x[j] - x[i])[apart]))
    return slope, float(np.median(y - slope * x))


def mann_kendall(value: Float[np.ndarray, " n"]) -> tuple[float, float]:
    """Kendall's tau of a curve against time, and the two-sided p of no trend.

    Noise of training curves remembers: the variance is widened by the ranks' autocorrelation after detrending
    (Hamed and Rao 1998). Long curves are read as 300 block levels. (0, 1) below four points or without variation.
    """
    y = block_levels(value, block_edges(value.size, 300)) if value.size > 300 else value
    n = y.size
    if n < 4:
        return 0.0, 1.0
    i, j = np.triu_indices(n, 1)
    score = float(np.sign(y[j] - y[i]).sum())
    _, ties = np.unique(y, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18.0
    if variance <= 0.0:
        return 0.0, 1.0
    x = np.arange(n, dtype=np.float64)
    slope, cut = theil_sen(x, y)
    variance *= _memory(y - slope * x - cut)
    z = (score - math.copysign(min(1.0, abs(score)), score)) / math.sqrt(variance)
    return 2.0 * score / (n * (n - 1)), math.erfc(abs(z) / math.sqrt(2.0))


def _memory(rest: Float[np.ndarray, " n"]) -> float:
    """By how much autocorrelation widens the variance of Kendall's score: at least 1."""
    n = rest.size
    ranks = np.argsort(np.argsort(rest, kind="stable"), kind="stable").astype(np.float64)
    ranks -= ranks.mean()
    power = float(ranks @ ranks)
    if power == 0.0 or n < 10:
        return 1.0
    lags = np.arange(1, n // 4)
    rho = np.array([float(ranks[:-k] @ ranks[k:]) / power for k in lags])
    significant = np.abs(rho) > 1.96 / math.sqrt(n)
    weights = (n - lags) * (n - lags - 1.0) * (n - lags - 2.0)
    return max(1.0, 1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * float((weights * rho)[significant].sum()))
