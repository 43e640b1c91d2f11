"""A fair sample of the rows, drawn in one pass whatever their number: every row gets a random key, the smallest keys stay."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from .cells import Cells

if TYPE_CHECKING:
    import polars as pl

ROWS = 20_000
"""Rows of a sample, at most: quantiles are then known to ±0.7 points, and a model is trained on them in seconds."""

CELLS = 20_000_000
LEAST = 500


def sample_size(columns: int) -> int:
    """So many rows that the sample of a wide table does not fill the memory."""
    return int(min(ROWS, max(LEAST, CELLS // max(1, columns))))


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows in the order of the table: where they stood (from 0), their numbers, their texts, their targets (None: no target)."""

    row: Int[np.ndarray, " rows"]
    numbers: Float[np.ndarray, "rows columns"]
    texts: "pl.DataFrame"
    labels: np.ndarray | None

    def __len__(self) -> int:
        return int(self.row.size)

    def take(self, index: np.ndarray) -> "Sample":
        """The rows that `index` (mask or positions) selects."""
        texts = self.texts
        if texts.width:
            texts = texts.filter(index) if index.dtype == bool else texts[index.tolist()]
        return Sample(self.row[index], self.numbers[index], texts, None if self.labels is None else self.labels[index])


class Sampler:
    """Takes in batches and keeps `size` of their rows, each with the same chance."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self._size = size
        self._random = np.random.default_rng(seed)
        self._limit = 1.0
        self._rows = 0
        self._pieces: list[tuple[np.ndarray, Sample]] = []
        self._held = 0

    def add(self, cells: Cells, labels: np.ndarray | None) -> None:
        """Take in a batch."""
        keys = self._random.random(len(cells.numbers)) if len(cells.numbers) else np.empty(0)
        index = np.arange(self._rows, self._rows + keys.size)
        self._rows += keys.size
        kept = np.flatnonzero(keys < self._limit)
        if kept.size == 0:
            return
        piece = Sample(index, cells.numbers, cells.texts, labels).take(kept)
        self._pieces.append((keys[kept], piece))
        self._held += kept.size
        if self._held > 2 * self._size:
            self._shrink()

    def sample(self) -> Sample:
        """What was kept. At least one batch must have been added."""
        self._shrink()
        return self._pieces[0][1]

    def _shrink(self) -> None:
        import polars as pl

        keys = np.concatenate([key for key, _ in self._pieces])
        pieces = [piece for _, piece in self._pieces]
        whole = Sample(
            np.concatenate([piece.row for piece in pieces]),
            np.concatenate([piece.numbers for piece in pieces]),
            pl.concat([piece.texts for piece in pieces]) if pieces[0].texts.width else pl.DataFrame(),
            None if pieces[0].labels is None else np.concatenate([p.labels for p in pieces if p.labels is not None]),
        )
        if keys.size > self._size:
            kept = np.sort(np.argpartition(keys, self._size)[: self._size])
            keys, whole = keys[kept], whole.take(kept)
            self._limit = float(keys.max())
        self._pieces = [(keys, whole)]
        self._held = keys.size
