"""Where a curve will be if nothing changes, with an interval that holds the truth nine times in ten.

No single shape fits training curves: a power law with an offset, fitted to the whole curve, is further off than the last
value. So several simple shapes go on from the level at the end, each as far as it was right before: the curve is cut at six
earlier places, every shape is continued from there over the same stretch (the same ratio of positions), and its weight is
what its error there earns. The width of the interval comes from the same trials, from how much the curve moved in its
second half, and from its noise; how many such widths hold 90 % was measured on other people's logs, whole repositories left
out (`calibration/forecast.json`, `benchmarks/forecast.py`).
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from .robust import difference_noise
from .thin import block_edges, block_levels

LEAST = 8  # finite points below which nothing is said
REACH = 1.3  # widths that hold 90 % of the ends; measured, see calibration/forecast.json
GROWTH = 1.0  # power of the doublings ahead that a width grows with; measured beside 0.5, 0.75 and 1.25
POINTS = 25  # positions of a forecast

_THIN = 2000  # blocks that a long curve is read in
_TRIALS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # of the curve: where it is cut for a trial
_SHAPES = MappingProxyType(  # what goes on from the end, in the order of the rows, and its weight before any trial
    {
        "level": 1.0,
        "trend that fades fast": 2.0,
        "trend that fades slowly": 2.0,
        "straight line": 0.5,
        "power law": 2.0,
        "exponential": 1.0,
    }
)
_PRIOR = np.array(list(_SHAPES.values()))
_FADING = (0.35, 0.7)  # what is left of a trend after each doubling of the positions
_POWERS = (0.1, 0.25, 0.5, 1.0, 2.0)
_DECAYS = (0.05, 0.1, 0.2, 0.4, 0.8)  # of the curve's length
_PARTS = 6  # of the second half: their levels say how much it moved, whatever the noise
_WINDOWS = (2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233)
_FAR = 8.0  # times the positions so far: what is called the limit


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastResult:
    """The curve ahead, shape (m,) each: `at` in the unit of the steps given, beginning with the last position known.

    What is forecast is the level (the median of the last few points), not a single noisy point; the interval holds it
    with probability 0.9 at each position. `limit`: the level at eight times the positions so far, where the curve is
    bending towards one; else None.
    """

    at: Float[np.ndarray, " m"]
    median: Float[np.ndarray, " m"]
    low: Float[np.ndarray, " m"]
    high: Float[np.ndarray, " m"]
    limit: float | None
    limit_interval: tuple[float, float] | None


def forecast(
    step: Float[np.ndarray, " n"], value: Float[np.ndarray, " n"], horizon: float | None = None
) -> ForecastResult | None:
    """Continue a curve over `horizon` more positions (as many again as it has, if None). Lower or higher may be better.

    For `diagnose`: hand over the headline series of each phase as it is, `forecast(series.step, series.value)` for "where
    will it end", `forecast(series.step, series.value, horizon=more)` for what `more` steps (or epochs, if the axis is
    epochs) would bring: `result.median[-1] - result.median[0]`, of which nothing is to be made where 0 lies within
    `low[-1] - median[0] … high[-1] - median[0]`. None: fewer than 8 finite points, or no two different positions. After a
    NaN that did not end (nothing finite in the last tenth) there is nothing to continue either: None.
    """
    finite = np.isfinite(value) & np.isfinite(step)
    tail = finite[-max(1, finite.size // 10) :]
    step, value = step[finite], value[finite]
    if value.size < LEAST or not tail.any() or step[-1] <= step[0]:
        return None
    unit, time, level = _thinned(step, value)
    reach = float(step[-1] - step[0]) if horizon is None else float(horizon)
    if not np.isfinite(reach) or reach <= 0:
        return None
    ahead = np.linspace(0.0, reach, POINTS)[1:]
    with np.errstate(all="ignore"):
        ends = time[-1] + np.append(ahead / unit, (_FAR - 1.0) * time[-1])
        middle, width = _continued(time, level, ends)
        now = _level_now(level)
        if not (np.isfinite(middle).all() and np.isfinite(width).all()):
            return None
        low, high = middle - REACH * width, middle + REACH * width
    if value.min() >= 0.0:  # a loss that was never negative will not be
        low, middle = np.maximum(low, 0.0), np.maximum(middle, 0.0)
        high = middle + REACH * width
    limit = float(middle[-1]) if _bends(time, level, middle[-1]) else None
    noise = REACH * difference_noise(level[-64:]) / 2.0
    start = np.array([now]), np.array([now - noise]), np.array([now + noise])
    return ForecastResult(
        at=np.append(step[-1], step[-1] + ahead),
        median=np.append(start[0], middle[:-1]),
        low=np.append(start[1], low[:-1]),
        high=np.append(start[2], high[:-1]),
        limit=limit,
        limit_interval=None if limit is None else (float(low[-1]), float(high[-1])),
    )


def _thinned(
    step: Float[np.ndarray, " n"], value: Float[np.ndarray, " n"]
) -> tuple[float, Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    """The usual distance of two points, positions counted in it from the start of training, and the levels there."""
    gaps = np.diff(step)
    unit = float(np.median(gaps[gaps > 0]))
    first = float(step[0])
    shift = first - unit if first < 0.5 * unit or first > 5.0 * unit else 0.0
    time = (step - shift) / unit
    if value.size > _THIN:
        edges = block_edges(value.size, _THIN)
        return unit, time[edges[1:] - 1], block_levels(value, edges)
    return unit, time, value.astype(np.float64)


def _continued(
    time: Float[np.ndarray, " n"], level: Float[np.ndarray, " n"], ends: Float[np.ndarray, " k"]
) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, " k"]]:
    """Forecast and width at each end."""
    now = time[-1]
    doublings = np.log2(ends / now)
    shapes = _shapes(time, level, ends)
    errors = []  # of each trial: shapes × ends, and how much wider the real stretch is than the tried one
    for share in _TRIALS:
        cut = int(np.searchsorted(time, share * now, side="right"))
        if cut < 6:
            continue
        begin = time[cut - 1]
        tried = np.minimum(now, begin * ends / now)
        if np.all(tried <= 1.05 * begin):
            tried = np.maximum(tried, min(now, 1.05 * begin))
        missed = _shapes(time[:cut], level[:cut], tried) - _levels_at(time, level, tried)
        errors.append((missed, (doublings / np.maximum(np.log2(tried / begin), 1e-9)) ** GROWTH))
    half = level[level.size // 2 :]
    recent = float(np.ptp(block_levels(half, block_edges(half.size, _PARTS)))) * doublings**GROWTH
    noise = max(difference_noise(level[-max(20, level.size // 2) :]), _resolution(level))
    if errors:
        missed_by = np.mean([np.abs(missed) for missed, _ in errors], axis=0)
        weights = (
            _PRIOR[:, None] / (missed_by + 0.25 * missed_by.mean(axis=0) + 1e-12 * (1.0 + np.abs(level).max())) ** 2
        )
        weights /= weights.sum(axis=0)
        tried_width = np.mean([np.abs((weights * missed).sum(axis=0)) * scale for missed, scale in errors], axis=0)
    else:
        weights = np.broadcast_to(_PRIOR[:, None] / _PRIOR.sum(), shapes.shape)
        tried_width = recent
    width = np.hypot(np.hypot(recent, tried_width), noise)
    return (weights * shapes).sum(axis=0), width


def _shapes(
    time: Float[np.ndarray, " n"], level: Float[np.ndarray, " n"], ends: Float[np.ndarray, " k"]
) -> Float[np.ndarray, "shapes k"]:
    """Each shape's value at the ends, all of them going on from the level at the end of the curve."""
    now = time[-1]
    doublings = np.log2(ends / now)
    here, before = _levels_at(time, level, np.array([now, now / 2.0]))
    trend = here - before  # over the last doubling of the positions
    changes = [np.zeros(ends.size)]
    changes += [trend * fading * (1.0 - fading**doublings) / (1.0 - fading) for fading in _FADING]
    changes.append(2.0 * trend * (ends / now - 1.0))
    edges = block_edges(level.size, 24)
    widths = np.diff(edges)
    x = np.add.reduceat(time, edges[:-1]) / widths
    y = block_levels(level, edges)
    late = np.sqrt(np.arange(1.0, x.size + 1.0) / x.size)  # what came late says more about what comes next
    powers = np.array(_POWERS)[:, None]
    changes.append(_best_fit((x / now) ** -powers, y, late, (ends / now) ** -powers - 1.0))
    rates = -1.0 / (now * np.array(_DECAYS)[:, None])
    changes.append(_best_fit(np.exp(rates * x), y, late, np.exp(rates * ends) - np.exp(rates * now)))
    return _level_now(level) + np.array(changes)


def _best_fit(
    basis: Float[np.ndarray, "r m"],
    y: Float[np.ndarray, " m"],
    weight: Float[np.ndarray, " m"],
    ahead: Float[np.ndarray, "r k"],
) -> Float[np.ndarray, " k"]:
    """The change ahead of `a + b · basis`, with the row of `basis` that leaves the smallest absolute error."""
    share = weight / weight.sum()
    centred = basis - (basis * share).sum(axis=1, keepdims=True)
    off = y - (y * share).sum()
    power = (share * centred**2).sum(axis=1)
    slope = np.where(power > 1e-300, (share * centred * off).sum(axis=1) / np.maximum(power, 1e-300), 0.0)
    left = (share * np.abs(slope[:, None] * centred - off)).sum(axis=1)
    best = int(np.argmin(left))
    return np.asarray(slope[best] * ahead[best])


def _levels_at(
    time: Float[np.ndarray, " n"], level: Float[np.ndarray, " n"], at: Float[np.ndarray, " k"]
) -> Float[np.ndarray, " k"]:
    """The median of the last tenth of the positions up to each place, of three points at least."""
    stops = np.maximum(np.searchsorted(time, at, side="right"), 1)
    starts = np.minimum(np.searchsorted(time, 0.9 * at), np.maximum(stops - 3, 0))
    return np.array([np.median(level[a:b]) for a, b in zip(starts, stops, strict=True)])


def _level_now(level: Float[np.ndarray, " n"]) -> float:
    """The level at the very end: the median of as many points as differ by noise only, a seventh of all at most."""
    recent = level[-max(12, level.size // 3) :]
    noise = difference_noise(recent)
    size = 1
    for window in _WINDOWS:
        if window > max(3, 0.15 * level.size) or 2 * window > level.size:
            break
        drift = abs(float(np.median(level[-window:]) - np.median(level[-2 * window : -window])))
        if drift > 4.0 * noise * np.sqrt(2.0 / window):
            break
        size = window
    return float(np.median(level[-size:]))


def _resolution(level: Float[np.ndarray, " n"]) -> float:
    """Half of the smallest step that the numbers were written in: what rounding hides."""
    steps = np.abs(np.diff(level))
    steps = steps[steps > 0]
    return float(steps.min()) / 2.0 if steps.size else 0.0


def _bends(time: Float[np.ndarray, " n"], level: Float[np.ndarray, " n"], far: float) -> bool:
    """Whether the curve is on its way to a limit: it moved less in its last doubling than in the one before, or no
    more than its noise; and what is still to come is less than what it has moved.
    """
    if level.size < 2 * LEAST:
        return False
    now, half, quarter = _levels_at(time, level, time[-1] / np.array([1.0, 2.0, 4.0]))
    last, earlier = abs(now - half), abs(half - quarter)
    spread = float(np.subtract(*np.quantile(level, [0.95, 0.05])))
    return bool(last <= max(0.8 * earlier, 2.0 * difference_noise(level)) and abs(far - now) <= spread)
