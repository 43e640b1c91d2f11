"""Where a curve stops being a number, and whether it comes back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, slots=True)
class NonFinite:
    """What is not finite in a curve of `points` points."""

    points: int
    count: int
    first: int  # position of the first non-finite point
    trailing: int  # how many non-finite points end the curve
    longest: int  # the longest unbroken run of them
    last_run: int  # position where the last unbroken run starts

    @property
    def share(self) -> float:
        """The non-finite share of all points, 0..1."""
        return self.count / self.points


def nonfinite(value: Float[np.ndarray, " n"]) -> NonFinite | None:
    """The NaN and infinities of a curve; None where all of it is finite."""
    bad = ~np.isfinite(value)
    if not bad.any():
        return None
    edges = np.flatnonzero(np.diff(np.concatenate(([False], bad, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    trailing = int(ends[-1] - starts[-1]) if ends[-1] == value.size else 0
    return NonFinite(
        points=int(value.size),
        count=int(bad.sum()),
        first=int(starts[0]),
        trailing=trailing,
        longest=int((ends - starts).max()),
        last_run=int(starts[-1]),
    )
