"""Running statistics of many columns at once, merged batch by batch (Chan, Golub & LeVeque 1979)."""

import numpy as np
from jaxtyping import Float, Int


class Moments:
    """Counts, mean, spread and range of every column, over as many batches as are added."""

    def __init__(self, columns: int) -> None:
        self.rows = 0
        self.count: Int[np.ndarray, " columns"] = np.zeros(columns, dtype=np.int64)  # finite values
        self.missing: Int[np.ndarray, " columns"] = np.zeros(columns, dtype=np.int64)
        self.infinite: Int[np.ndarray, " columns"] = np.zeros(columns, dtype=np.int64)
        self.strays: Int[np.ndarray, " columns"] = np.zeros(columns, dtype=np.int64)
        self.first_gap: Int[np.ndarray, " columns"] = np.full(
            columns, -1, dtype=np.int64
        )  # row of the first missing or infinite value
        self.mean: Float[np.ndarray, " columns"] = np.zeros(columns)
        self.low: Float[np.ndarray, " columns"] = np.full(columns, np.inf)
        self.high: Float[np.ndarray, " columns"] = np.full(columns, -np.inf)
        self._squares: Float[np.ndarray, " columns"] = np.zeros(columns)

    def add(self, batch: Float[np.ndarray, "rows columns"], strays: Int[np.ndarray, " columns"]) -> None:
        """Take in a batch."""
        if not len(batch):
            return
        with np.errstate(all="ignore"):
            total = batch.sum(axis=0)
            if np.isfinite(total).all():
                self._whole(batch, total)
            else:
                self._with_gaps(batch)
        self.strays += strays
        self.rows += len(batch)

    @property
    def std(self) -> Float[np.ndarray, " columns"]:
        """The standard deviation over the finite values; NaN where there are none."""
        with np.errstate(all="ignore"):
            return np.sqrt(self._squares / np.where(self.count > 0, self.count, np.nan))

    def _whole(self, batch: np.ndarray, total: np.ndarray) -> None:
        n = len(batch)
        mean = total / n
        centred = batch - mean
        squares = np.einsum("ij,ij->j", centred, centred)
        self._merge(np.full(batch.shape[1], n), mean, squares, batch.min(axis=0), batch.max(axis=0))

    def _with_gaps(self, batch: np.ndarray) -> None:
        finite = np.isfinite(batch)
        count = finite.sum(axis=0)
        gaps = ~finite
        first = np.where(gaps.any(axis=0), gaps.argmax(axis=0) + self.rows, -1)
        self.first_gap = np.where(self.first_gap >= 0, self.first_gap, first)
        missing = np.isnan(batch).sum(axis=0)
        self.missing += missing
        self.infinite += len(batch) - count - missing
        filled = np.where(finite, batch, 0.0)
        mean = filled.sum(axis=0) / np.maximum(count, 1)
        squares = np.where(finite, (filled - mean) ** 2, 0.0).sum(axis=0)
        low = np.where(finite, batch, np.inf).min(axis=0)
        high = np.where(finite, batch, -np.inf).max(axis=0)
        self._merge(count, mean, squares, low, high)

    def _merge(
        self, count: np.ndarray, mean: np.ndarray, squares: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        both = self.count + count
        safe = np.maximum(both, 1)
        step = mean - self.mean
        self._squares += squares + step**2 * self.count * count / safe
        self.mean = self.mean + step * count / safe
        self.count = both
        self.low = np.minimum(self.low, low)
        self.high = np.maximum(self.high, high)
