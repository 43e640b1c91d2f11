"""The first pass over a table: statistics of all rows, a sample of them, and the target of every row."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from .cells import Layout, labels_of, read_cells
from .errors import DataError
from .moments import Moments
from .roles import Roles
from .sample import Sample, Sampler, sample_size
from .table import Table

MOST_TARGETS = 20_000_000
"""Targets that are kept for their order and their shares; of a longer table, the first."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one pass saw. `target_rows`: the targets in their order, shape (rows,); `gaps`: missing cells of each text column."""

    table: Table
    roles: Roles
    layout: Layout
    rows: int
    moments: Moments
    gaps: dict[str, int]
    sample: Sample
    target_rows: np.ndarray | None


def profile(table: Table, roles: Roles, seed: int = 0) -> Profile:
    """One pass over all rows. Raises `DataError` where there is none."""
    layout = Layout.of(table, roles.features)
    moments = Moments(len(layout.numeric))
    sampler = Sampler(sample_size(len(roles.features)), seed)
    gaps: Counter[str] = Counter()
    targets: list[np.ndarray] = []
    kept = 0
    for batch in table.batches():
        if batch.height == 0:
            continue
        cells = read_cells(batch, table, layout)
        labels = None if roles.target is None else labels_of(batch, table, roles.target)
        moments.add(cells.numbers, cells.strays)
        sampler.add(cells, labels)
        for name in layout.text:
            gaps[name] += cells.texts[name].null_count()
        if labels is not None and kept < MOST_TARGETS:
            targets.append(labels[: MOST_TARGETS - kept])
            kept += labels.size
    if moments.rows == 0:
        raise DataError("no-rows", path=table.source)
    return Profile(
        table,
        roles,
        layout,
        moments.rows,
        moments,
        dict(gaps),
        sampler.sample(),
        np.concatenate(targets) if targets else None,
    )
