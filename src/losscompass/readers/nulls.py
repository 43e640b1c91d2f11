"""JSON's null where a number was logged: "not measured" as a rule, NaN where it took a number's place for good.

JSON has no NaN; strict writers (orjson, JavaScript, Rust's serde) put null there. A loss that became NaN stays so: its key
goes on being written, with null to the end. A null that stands alone, or fills rows of another kind, says nothing.
"""

import numpy as np
from jaxtyping import Bool, Float

from .cell import is_absent

_NUMBERS = 3  # before the nulls begin: fewer are no series that broke off
_NULLS = 2  # at the end: one alone may be a value not computed yet
_BEFORE = 0.1  # nulls per number before the end: with more, null is what this log writes for "not measured"


def nan_of_nulls(null: Bool[np.ndarray, " n"], number: Bool[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
    """Which of the nulls of a key stand for NaN. `null`, `number`: the rows in which the key holds either."""
    at = np.flatnonzero(number)
    if at.size < _NUMBERS:
        return np.zeros_like(null)
    last = np.zeros_like(null)
    last[at[-1] + 1 :] = null[at[-1] + 1 :]
    earlier = int(np.count_nonzero(null)) - int(np.count_nonzero(last))
    broke_off = int(np.count_nonzero(last)) >= _NULLS and earlier <= _BEFORE * at.size
    return last if broke_off else np.zeros_like(null)


def with_nan(column: Float[np.ndarray, " n"]) -> tuple[Float[np.ndarray, " n"], int]:
    """A column whose nulls are `ABSENT`, with NaN where they stand for it; and how many these are."""
    null = is_absent(column)
    nan = nan_of_nulls(null, ~null)
    return np.where(nan, np.nan, column) if nan.any() else column, int(np.count_nonzero(nan))


def absences(columns: dict[str, Float[np.ndarray, " n"]]) -> dict[str, Bool[np.ndarray, " n"]]:
    """The masks of the columns that hold `ABSENT`."""
    masks = {name: is_absent(column) for name, column in columns.items()}
    return {name: mask for name, mask in masks.items() if mask.any()}
