"""A curve in a few lines of a terminal.

Every column shows the span from the lowest to the highest value that fell into it, joined to its neighbour, so that no
spike is lost however long the log is.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

_DOT = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""Unicode's bits for the 4 × 2 dots of a braille letter."""

LOG_RATIO = 100.0
"""A curve whose values are positive and span more than this is drawn on a logarithmic axis: else its end is one flat line."""

BEGINNING = 0.1
"""The share of the width that may be cut off at the top …"""

STEEP = 0.5
"""… where all that follows needs less than this share of the height …"""

TURN = 0.5
"""… and rises after its lowest point by more than this share of what it spans. What only falls is drawn whole."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Rows of text, top first, and what they show."""

    rows: tuple[str, ...]
    low: float  # value at the bottom and at the top of the drawing
    high: float
    top: float  # the highest value; above `high` where the beginning is cut off
    log: bool
    holes: tuple[int, ...]  # columns of text that hold a NaN or an infinity


def draw(
    step: Float[np.ndarray, " n"],
    value: Float[np.ndarray, " n"],
    span: tuple[float, float],
    *,
    width: int,
    height: int,
    braille: bool = True,
) -> Sparkline | None:
    """A curve over the positions `span`, `width` × `height` letters; None where it has no finite point."""
    finite = np.isfinite(value)
    if not finite.any():
        return None
    wide, high = (2 * width, 4 * height) if braille else (width, height)
    column = _columns(step, span, wide)
    holes = np.unique(_columns(step[~finite], span, width))
    value, column = value[finite], column[finite]
    low, top = float(value.min()), float(value.max())
    ceiling = _ceiling(value, column, wide)
    log = low > 0 and ceiling / low > LOG_RATIO
    level = _levels(np.minimum(value, ceiling), low, ceiling, log=log, high=high)
    canvas = _canvas(column, level, wide, high)
    rows = _braille(canvas) if braille else ["".join("*" if dot else " " for dot in row) for row in canvas]
    return Sparkline(tuple(rows), low, ceiling, top, log, tuple(int(hole) for hole in holes))


def column_of(position: float, span: tuple[float, float], width: int) -> int:
    """The column of text where a position stands."""
    return int(_columns(np.array([position]), span, width)[0])


def _ceiling(value: Float[np.ndarray, " n"], column: np.ndarray, wide: int) -> float:
    """The highest value drawn. A steep beginning would hide a turn upward that comes after it: then it is cut off."""
    top, low = float(value.max()), float(value.min())
    later = value[column >= BEGINNING * wide]
    if later.size < 3:
        return top
    reached, turned = float(later.max()), float(value[value.argmin() :].max())
    steep = reached / 2 - low / 2 < STEEP * (top / 2 - low / 2)
    return reached if steep and turned / 2 - low / 2 > TURN * (reached / 2 - low / 2) else top


def _columns(step: Float[np.ndarray, " n"], span: tuple[float, float], wide: int) -> np.ndarray:
    first, last = span
    if not last > first:
        return np.zeros(step.size, dtype=int)
    return np.clip((step - first) / (last - first) * (wide - 1) + 0.5, 0, wide - 1).astype(int)


def _levels(value: Float[np.ndarray, " n"], low: float, top: float, *, log: bool, high: int) -> np.ndarray:
    """The row of dots of each value, 0 at the bottom."""
    if not top > low:
        return np.full(value.size, (high - 1) // 2)
    if log:
        value, low, top = np.log(value), float(np.log(low)), float(np.log(top))
    if np.isinf(top - low):  # the span of two finite numbers need not be finite
        value, low, top = value / 4, low / 4, top / 4
    share = (value - low) / (top - low)
    levels: np.ndarray = np.clip(np.rint(share * (high - 1)), 0, high - 1).astype(int)
    return levels


def _canvas(column: np.ndarray, level: np.ndarray, wide: int, high: int) -> Bool[np.ndarray, "high wide"]:
    """Dots, top row first: from the lowest to the highest of each column, and up to where the column before it ended."""
    canvas = np.zeros((high, wide), dtype=bool)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    lows, tops = np.minimum.reduceat(level, starts), np.maximum.reduceat(level, starts)
    ends = level[np.append(starts[1:], level.size) - 1]
    before = None
    for place, start in enumerate(starts):
        x, low, top = int(column[start]), int(lows[place]), int(tops[place])
        if before is not None:
            old, entry = before, int(level[start])
            for between in range(old[0] + 1, x):  # a column without a point: a straight line over it
                y = round(old[1] + (entry - old[1]) * (between - old[0]) / (x - old[0]))
                canvas[high - 1 - y, between] = True
            if x == old[0] + 1:
                low, top = min(low, old[1] + 1 if old[1] < low else low), max(top, old[1] - 1 if old[1] > top else top)
        canvas[high - 1 - top : high - low, x] = True
        before = (x, int(ends[place]))
    return canvas


def _braille(canvas: Bool[np.ndarray, "high wide"]) -> list[str]:
    high, wide = canvas.shape
    cells = canvas.reshape(high // 4, 4, wide // 2, 2).transpose(0, 2, 1, 3)
    codes = (cells * _DOT).sum(axis=(2, 3)) + 0x2800
    return ["".join(" " if code == 0x2800 else chr(code) for code in row) for row in codes]
