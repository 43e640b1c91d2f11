"""Columns that hold no measurement: nothing but NaN, or nothing but zeros where the number is measured elsewhere."""

from collections.abc import Mapping, Sequence

import numpy as np

from .columns import Column
from .names import Kind, Phase, Role
from .records import Skipped

# A loss or a reward that is NaN throughout is a finding; a metric that is NaN throughout is one that was not computed.
_NAN_IS_EVIDENCE = frozenset((Kind.LOSS, Kind.LOSS_PART, Kind.REWARD, Kind.GRADIENT_NORM))
_ENOUGH = 3  # points that must be zero before zero may mean "not measured"
_INTERLEAVED = 0.2  # share of the points that must be zero between measured ones


def drop_unmeasured(
    columns: Sequence[Column], roles: Mapping[str, tuple[str, Role]]
) -> tuple[list[Column], list[Skipped]]:
    """The columns without those that hold no measurement, and the count of what was left out."""
    kept: list[Column] = []
    skipped: list[Skipped] = []
    for column in columns:
        role = roles[column.raw][1]
        if role.kind not in _NAN_IS_EVIDENCE and bool(np.isnan(column.value).all()):
            skipped.append(Skipped("all-nan-column", column.size, column.raw))
        elif _is_blank(column, columns, roles):
            skipped.append(Skipped("zeros-not-measured", column.size, column.raw))
        else:
            blank = _blank_rows(column, role)
            if blank is not None:
                skipped.append(Skipped("zeros-not-measured", int(blank.sum()), column.raw))
                column = column.take(~blank)  # noqa: PLW2901
            kept.append(column)
    return kept, skipped


def _is_blank(column: Column, columns: Sequence[Column], roles: Mapping[str, tuple[str, Role]]) -> bool:
    """A loss that is exactly 0 throughout, while the same loss of another phase is not."""
    name, role = roles[column.raw]
    if role.kind not in (Kind.LOSS, Kind.LOSS_PART) or column.size < _ENOUGH or bool(np.any(column.value != 0.0)):
        return False
    same = name.partition("/")[2]
    return any(
        roles[other.raw][0].partition("/")[2] == same
        and roles[other.raw][1].phase is not role.phase
        and bool(np.any(other.value != 0.0))
        for other in columns
    )


def _blank_rows(column: Column, role: Role) -> np.ndarray | None:
    """The exact zeros of a held-out loss that lie between numbers none of which comes near 0: epochs not evaluated."""
    if role.kind is not Kind.LOSS or role.phase is Phase.TRAIN:
        return None
    zero = column.value == 0.0
    other = column.value[~zero & np.isfinite(column.value)]
    if (
        other.size < 2
        or zero.sum() < _INTERLEAVED * column.size
        or zero[np.flatnonzero(~zero)[-1] :].sum() == zero.sum()
    ):
        return None
    first, last = np.flatnonzero(~zero)[[0, -1]]
    between = bool(zero[first:last].any())
    return zero if between and float(np.abs(other).min()) > 0.01 * float(np.median(np.abs(other))) else None
