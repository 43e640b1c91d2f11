"""The sample as a model takes it: numbers without gaps, texts as codes of their frequent values."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from .cells import Layout
from .sample import Sample

ROWS = 8_000
"""Rows that models are trained on: enough for a share of wrong labels to ±1 point, seconds of work."""

COLUMNS = 500
"""Columns that models are given; of wider tables, evenly spread ones."""

HUGE = 1e30
"""Beyond it single precision, which trees use, is near its end."""

LEVELS = 50
"""Values of a text column that get a code of their own; all others share one."""


@dataclass(frozen=True, slots=True)
class Design:
    """`x`: shape (rows, columns), finite; `names`: the columns; `row`: where the rows stood in the table."""

    x: Float[np.ndarray, "rows columns"]
    names: tuple[str, ...]
    row: Int[np.ndarray, " rows"]


def design(
    sample: Sample, layout: Layout, leave_out: frozenset[str] = frozenset(), levels_of: Sample | None = None
) -> Design:
    """Every column as one of numbers. A gap becomes the median less ten spreads, so that trees see it as what it is.

    `leave_out`: columns that are no inputs. `levels_of`: the sample whose text values get the codes (default: this one).
    """
    numeric = [place for place, name in enumerate(layout.numeric) if name not in leave_out]
    text = [name for name in layout.text if name not in leave_out]
    numeric = [numeric[at] for at in _spread(len(numeric), COLUMNS)]
    text = [text[at] for at in _spread(len(text), COLUMNS)]
    base = levels_of or sample
    columns = []
    for place in numeric:
        values = sample.numbers[:, place]
        finite = np.clip(base.numbers[:, place][np.isfinite(base.numbers[:, place])], -HUGE, HUGE)
        gap = float(np.median(finite) - 10 * (finite.std() or 1.0)) if finite.size else 0.0
        columns.append(np.clip(np.where(np.isfinite(values), values, gap), -HUGE, HUGE))
    for name in text:
        counts = base.texts[name].drop_nulls().value_counts(sort=True)
        codes = {level: float(code) for code, level in enumerate(counts[name].head(LEVELS).to_list())}
        columns.append(
            np.array(
                [-1.0 if cell is None else codes.get(cell, float(LEVELS)) for cell in sample.texts[name].to_list()]
            )
        )
    x = np.column_stack(columns) if columns else np.zeros((len(sample), 0))
    return Design(x, (*(layout.numeric[place] for place in numeric), *text), sample.row)


def _spread(count: int, most: int) -> np.ndarray:
    return (
        np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
        if count
        else np.zeros(0, dtype=np.int64)
    )
