"""NaN that stands for "not logged in this row", told apart from NaN that was logged.

Loggers that write one row for every call (train rows, validation rows) fill the other columns. Where the file does not
distinguish the filling from a NaN that training produced, the pattern does: filling comes at regular places and other
columns have their values there; a loss that became NaN stays so.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float

_SHARE = 0.9  # of the interior gaps must have the usual length, to call them a schedule


def is_padding(columns: Mapping[str, Float[np.ndarray, " n"]]) -> dict[str, Bool[np.ndarray, " n"]]:
    """Which NaN of each column are filling."""
    nans = {name: np.isnan(column) for name, column in columns.items()}
    return {name: _padding_of(name, nans) if mask.any() else mask for name, mask in nans.items()}


def _padding_of(name: str, nans: Mapping[str, Bool[np.ndarray, " n"]]) -> Bool[np.ndarray, " n"]:
    missing = nans[name]
    none = np.zeros_like(missing)
    if missing.all():
        return none  # nothing but NaN: that is what the log says
    if _is_complement(name, nans) or _is_schedule(missing):
        return missing
    # NaN before the first value: not measured yet. NaN after it: measured.
    padding = none
    padding[: int(np.argmin(missing))] = True
    return padding


def _is_complement(name: str, nans: Mapping[str, Bool[np.ndarray, " n"]]) -> bool:
    """Rows of two kinds: where this column is missing another has its values, and the other way round."""
    missing = nans[name]
    for other, gaps in nans.items():
        if other != name and gaps.any() and not gaps.all():
            filled = ~gaps[missing]  # the other column, in the rows where this one is missing
            empty = gaps[~missing]  # and in the rows where this one is there
            if filled.mean() >= _SHARE and empty.mean() >= _SHARE and _changes(missing) >= 2:
                return True
    return False


def _is_schedule(missing: Bool[np.ndarray, " n"]) -> bool:
    """Values at regular distances: an evaluation every k rows."""
    at = np.flatnonzero(~missing)
    if at.size < 3:
        return False
    distance = np.diff(at)
    gaps = distance[distance > 1]
    if gaps.size < 2:
        return False
    usual = float(np.median(gaps))
    regular = np.abs(gaps - usual) <= 1
    trailing = missing.size - 1 - int(at[-1])
    return float(regular.mean()) >= _SHARE and trailing <= usual


def _changes(missing: Bool[np.ndarray, " n"]) -> int:
    return int(np.count_nonzero(missing[1:] != missing[:-1]))
