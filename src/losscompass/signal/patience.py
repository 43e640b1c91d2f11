"""How long had to be waited for the improvements that came, and so how long to wait before stopping."""

import numpy as np
from jaxtyping import Float

LEAST = 3  # evaluations: fewer are noise on any curve
RESERVE = 1.5  # times the longest wait seen


def patience(score: Float[np.ndarray, " n"]) -> int:
    """In evaluations: half as much again as the longest wait for a new best, at least 3. `score`: finite, higher is better."""
    before = np.concatenate(([-np.inf], np.maximum.accumulate(score)[:-1]))
    waits = np.diff(np.flatnonzero(score > before))  # a value as good as the best is no improvement
    return int(max(LEAST, np.ceil(RESERVE * waits.max()))) if waits.size else LEAST
