"""Rows that are there twice, exactly or nearly, within one part of the data and across two: fingerprints, never pairs.

An exact fingerprint is a hash of the row. A near one is the cell of a coarse grid on a few random projections of the
standardised row (locality-sensitive hashing; Datar, Immorlica, Indyk & Mirrokni 2004); several shifted grids, so that a border between
two twins is not one in all of them. Of very long tables every k-th fingerprint is kept, by its own value, in both parts alike.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, UInt64

from .cells import Layout, read_cells
from .cells import places as places_of
from .profile import Profile

if TYPE_CHECKING:
    import polars as pl

GRIDS = 3
PROJECTIONS = 10
WIDTH = 0.2
"""Width of a cell in standard deviations of a projection. Rows that differ by 1 % of the spread share a cell of one grid at least in 19 of 20 cases."""

KEPT = 20_000_000
"""Fingerprints kept of a part (160 MB each)."""

MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Sketcher:
    """The same for both parts: how rows become fingerprints."""

    layout: Layout
    centre: Float[np.ndarray, " columns"]
    scale: Float[np.ndarray, " columns"]
    directions: Float[np.ndarray, "columns projections"]
    spread: Float[np.ndarray, " projections"]
    shifts: Float[np.ndarray, "grids projections"]
    every: int

    @classmethod
    def of(cls, profile: Profile, leave_out: frozenset[str], other_rows: int = 0, seed: int = 0) -> "Sketcher":
        """Directions and widths from the sample of the training part. `leave_out`: columns that only number the rows."""
        names = tuple(name for name in profile.roles.features if name not in leave_out)
        layout = Layout.of(profile.table, names)
        where = places_of(profile.layout.numeric)
        places = [where[name] for name in layout.numeric]
        values = profile.sample.numbers[:, places]
        with np.errstate(all="ignore"):
            centre, scale = _centre_and_scale(values)
        random = np.random.default_rng(seed)
        count = len(places)
        if count <= PROJECTIONS:
            directions = np.eye(count)
        else:
            directions = random.standard_normal((count, PROJECTIONS)) / np.sqrt(count)
        spread = np.ones(directions.shape[1])
        if len(values) and count:
            projected = _standardised(values, centre, scale) @ directions
            spread = np.maximum(np.array([_scale(projected[:, at]) for at in range(projected.shape[1])]), 1e-12)
        shifts = random.random((GRIDS, directions.shape[1]))
        every = max(1, -(-max(profile.rows, other_rows) // KEPT))
        return cls(layout, centre, scale, directions, spread, shifts, every)

    def project(self, numbers: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows projections"]:
        """Rows on the random directions, in units of a cell."""
        projected = _standardised(numbers, self.centre, self.scale) @ self.directions
        return np.asarray(projected / (self.spread * WIDTH))

    def near(
        self, projected: np.ndarray, texts: UInt64[np.ndarray, " rows"], grid: int, coarser: float = 1.0
    ) -> UInt64[np.ndarray, " rows"]:
        """The cell of each row in one of the grids, made `coarser` times as wide."""
        hashed = texts.copy()
        for at in range(projected.shape[1]):
            cell = np.floor(projected[:, at] / coarser + self.shifts[grid, at]).astype(np.int64).view(np.uint64)
            hashed = _mixed(hashed ^ (cell + MIX))
        return hashed


@dataclass(slots=True)
class Fingerprints:
    """Of one part: `exact` and each of `near` are shape (rows kept,), in the order of the rows; `row`: where each stood;
    `label`: of the exact row with its target.
    """

    rows: int
    row: np.ndarray
    exact: np.ndarray
    label: np.ndarray
    near: list[np.ndarray] = field(default_factory=list)


def fingerprints(profile: Profile, sketcher: Sketcher) -> Fingerprints:
    """One more pass over the part."""
    exact, labels, rows = [], [], []
    near: list[list[np.ndarray]] = [[] for _ in range(GRIDS)]
    start = 0
    for batch in profile.table.batches():
        cells = read_cells(batch, profile.table, sketcher.layout)
        texts = _text_hash(cells.texts, len(cells.numbers))
        hashed = _rows_hash(cells.numbers, texts)
        kept = np.flatnonzero(hashed % np.uint64(sketcher.every) == 0) if sketcher.every > 1 else np.arange(hashed.size)
        rows.append(kept + start)
        start += hashed.size
        exact.append(hashed[kept])
        target = profile.roles.target
        labels.append(
            (batch[target].hash(seed=1).to_numpy() if target is not None else np.zeros(hashed.size, dtype=np.uint64))[
                kept
            ]
        )
        projected = sketcher.project(cells.numbers)
        for grid in range(GRIDS):
            cell = sketcher.near(projected, texts, grid)
            near[grid].append(cell if sketcher.every == 1 else cell[cell % np.uint64(sketcher.every) == 0])
    return Fingerprints(
        start,
        np.concatenate(rows),
        np.concatenate(exact),
        np.concatenate(labels),
        [np.concatenate(one) for one in near],
    )


def chance_of_twins(profile: Profile, sketcher: Sketcher, rows: int) -> tuple[float, float]:
    """How many twins, exact and near, a row finds among `rows` others by chance alone.

    Exact: from how often two values of a column are equal, half of the information being taken as shared between the columns.
    Near: from how the number of pairs in one cell falls as the cells of the sample are made smaller, continued to their real size.
    """
    sample = profile.sample
    bits = 0.0
    where = places_of(profile.layout.numeric)
    places = [where[name] for name in sketcher.layout.numeric]
    for place in places:
        bits += _bits(np.unique(sample.numbers[:, place], return_counts=True)[1])
    for name in sketcher.layout.text:
        bits += _bits(sample.texts[name].value_counts()["count"].to_numpy())
    exact = min(1.0, rows * 2.0 ** -(bits / 2)) if bits < 2000 else 0.0
    some = sample.numbers[:4000][:, places]
    texts = _text_hash(
        sample.texts.select(sketcher.layout.text).head(4000) if sketcher.layout.text else sample.texts, len(some)
    )
    hashed = _rows_hash(some, texts)
    _, first = np.unique(hashed, return_index=True)
    projected, texts = sketcher.project(some[first]), texts[first]
    n = first.size
    counted = []
    for power in range(7):
        cells = np.unique(sketcher.near(projected, texts, 0, 2.0**power), return_counts=True)[1]
        counted.append(float((cells * (cells - 1) / 2).sum()))
    natural = [
        pairs - counted[0] for pairs in counted
    ]  # without those that are as near as copies: they do not thin out
    least = next((k for k in range(6) if natural[k] >= 30 and natural[k + 1] > 1.5 * natural[k]), None)
    if least is None:  # hardly a pair even in wide cells, or as many in all: the grid is as coarse as the data
        return exact, min(1.0, rows * counted[0] / max(1.0, n * (n - 1) / 2)) if counted[6] <= 2 * counted[
            0
        ] and counted[0] >= n else 0.0
    steepness = float(np.log2(natural[least + 1] / natural[least]))
    near_pairs = natural[least] * 2.0 ** (-steepness * least)
    return exact, min(1.0, GRIDS * rows * near_pairs / max(1.0, n * (n - 1) / 2))


def _bits(counts: np.ndarray) -> float:
    """The collision entropy of a column: −log2 of the chance that two of its values are the same."""
    total = float(counts.sum())
    if total < 2:
        return 0.0
    pairs = float((counts * (counts - 1.0)).sum())
    return float(-np.log2(max(pairs, 1.0) / (total * (total - 1))))


def _centre_and_scale(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median and a robust spread of every column."""
    if values.size and np.isfinite(values).all():  # the usual case, all columns at once
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
        spread = np.where(high > low, (high - low) / 3.29, values.std(axis=0))
        return middle, np.where(np.isfinite(spread) & (spread > 0), spread, 1.0)
    columns = range(values.shape[1])
    return np.array([_middle(values[:, at]) for at in columns]), np.array([_scale(values[:, at]) for at in columns])


def _middle(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else 0.0


def _scale(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    if finite.size < 2:
        return 1.0
    low, high = np.quantile(finite, [0.05, 0.95])
    spread = float(high - low) / 3.29 or float(finite.std())
    return spread if np.isfinite(spread) and spread > 0 else 1.0


def _standardised(values: np.ndarray, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """A gap is a place of its own, far outside; nothing is so far that it cannot be counted."""
    with np.errstate(all="ignore"):
        out = (values - centre) / scale
        out = np.where(np.isnan(out), 50.0, out)
    return np.clip(out, -1e6, 1e6)


def _rows_hash(numbers: np.ndarray, texts: np.ndarray) -> np.ndarray:
    hashed = texts.copy()
    for at in range(numbers.shape[1]):
        column = np.where(np.isnan(numbers[:, at]), np.nan, numbers[:, at] + 0.0)  # one NaN, one zero
        hashed = _mixed(hashed ^ (np.ascontiguousarray(column).view(np.uint64) + MIX))
    return hashed


def _text_hash(texts: "pl.DataFrame", rows: int) -> np.ndarray:
    if not texts.width:
        return np.zeros(rows, dtype=np.uint64)
    return np.asarray(texts.hash_rows(seed=1).to_numpy(), dtype=np.uint64)


def _mixed(hashed: np.ndarray) -> np.ndarray:
    """One round of a 64-bit finaliser: every bit of the input moves half of the output."""
    hashed = (hashed ^ (hashed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.asarray(hashed ^ (hashed >> np.uint64(29)))
