"""Entropies in nats, zero shares allowed."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def entropy(shares: Float[np.ndarray, " classes"] | Sequence[float]) -> float:
    """H(p) of shares that sum to 1."""
    p = np.asarray(shares, dtype=float)
    return float(-np.sum(p * np.log(p, out=np.zeros_like(p), where=p > 0)))


def binary_entropy(share: float) -> float:
    """H of a coin that shows heads with this share."""
    return entropy((share, 1.0 - share))
