"""A forecast whose input has seen the time that is to be forecast: a column that is made of what another one will be."""

from typing import Any, Final

from .contract import LOOKED_AT

_SHIFT: Final = 48
"""Steps of time that a target may lie ahead."""

_REACH: Final = (8, 4)
"""Steps to either side that a column may be made of."""

_COLUMNS: Final = 32
_ALIKE: Final = 0.95
_EXACT: Final = 1e-4
_LACKING: Final = 1e-3
_TIMES: Final = 30.0
"""Share of the targets that are a column's later values; share of a column's variance that is left over, at the most from either side,
at the least from the past, and how many times as much."""


def looks_ahead(torch: Any, given: Any, target: Any) -> dict[str, int]:
    """`ahead` (steps), `ahead_of` (the column that is forecast) and `sees_ahead` (the one that is made of its future); {} where there is none.

    Rows (samples, time, columns) and a target for each time. A column that is told exactly by its neighbours in time to either
    side, and not by those before it, is a smoothing that was centred.
    """
    if given.dim() != 3 or target.shape != given.shape[:2] or given.numel() > LOOKED_AT or not given.is_cpu:
        return {}
    if not given.dtype.is_floating_point or not 2 <= given.shape[2] <= _COLUMNS or given.shape[1] < 12:
        return {}
    given, target = given.double(), target.double()
    lengths = (given != 0).any(-1).long().flip(1).cummax(1).values.sum(1)  # without what fills a row up
    found = _forecast(given, target, lengths)
    if found is None:
        return {}
    shift, column = found
    for reach in _REACH:
        at = _made_of_the_future(torch, given, lengths, column, reach)
        if at is not None:
            return {"ahead": shift, "ahead_of": column, "sees_ahead": at}
    return {}


def _forecast(given: Any, target: Any, lengths: Any) -> tuple[int, int] | None:
    """How far ahead, and of which column the target is."""
    time = given.shape[1]
    for shift in range(1, min(time // 2, _SHIFT)):
        inside = (_times(given)[:, shift:] < lengths[:, None])[..., None]
        near = ((target[:, : time - shift, None] - given[:, shift:]).abs() < 1e-4) & inside
        shares = near.sum((0, 1)) / inside.sum().clamp(min=1)
        if float(shares.max()) >= _ALIKE and int(inside.sum()) >= given.shape[0]:
            return shift, int(shares.argmax())
    return None


def _made_of_the_future(torch: Any, given: Any, lengths: Any, column: int, reach: int) -> int | None:
    time = given.shape[1]
    if time <= 2 * reach:
        return None
    around = given[:, :, column].unfold(1, 2 * reach + 1, 1)
    inside = (_times(given) + reach < lengths[:, None])[:, reach : time - reach]
    around = around[inside]
    if len(around) < 8 * reach:
        return None
    around = torch.cat([around, torch.ones_like(around[:, :1])], 1)
    past = torch.cat([around[:, : reach + 1], around[:, -1:]], 1)
    for at in range(given.shape[2]):
        asked = given[:, reach : time - reach, at][inside]
        if at == column or float(asked.std()) < 1e-6:
            continue
        left = _left(torch, around, asked)
        if left <= _EXACT and _left(torch, past, asked) >= max(_LACKING, _TIMES * left):
            return at
    return None


def _left(torch: Any, by: Any, asked: Any) -> float:
    """The share of the variance that a straight line does not tell."""
    made = by @ torch.linalg.lstsq(by, asked[:, None], driver="gelsd").solution
    return float((asked - made[:, 0]).var() / asked.var())


def _times(given: Any) -> Any:
    return given.new_ones(given.shape[:2]).cumsum(1) - 1
