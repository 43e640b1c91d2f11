"""Sudden rises far outside what was usual just before, their peak, and whether the curve came back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .robust import level_and_noise, tail_weight

_COMEBACK = 0.2  # of the rise may be left when the curve counts as recovered


@dataclass(frozen=True, slots=True)
class Spike:
    """One rise. Positions are points of the curve, levels are in its unit."""

    start: int  # the first point above
    peak_at: int
    before: float  # the level just before
    peak: float
    sigmas: float  # rise over local noise, heavy tails allowed for
    recovered: int | None  # the first point from which the curve is back, None if it never is


def window(n: int) -> int:
    """How many points count as "just before"."""
    return int(min(50, max(5, n // 8)))


def spikes(value: Float[np.ndarray, " n"], rise: float, share: float) -> list[Spike]:
    """Rises of more than `rise` times the local noise and more than `share` of the level before; strongest first.

    Linear in n. Hits closer together than a window are one spike. At most 1,000 are returned.
    """
    n = value.size
    width = window(n)
    if n < 2 * width:
        return []
    level, noise = level_and_noise(value, width)
    scale = noise * tail_weight(value)
    jump = value - level
    floor = share * np.maximum(np.abs(level), float(np.median(np.abs(value))))
    hits = np.flatnonzero((jump > rise * scale) & (jump > floor))
    hits = hits[hits >= width]
    if hits.size == 0:
        return []
    groups = np.split(hits, np.flatnonzero(np.diff(hits) > width) + 1)
    found = [_spike(value, level, scale, group, width) for group in groups[:1000]]
    return sorted(found, key=lambda s: s.before - s.peak)


def _spike(
    value: Float[np.ndarray, " n"],
    level: Float[np.ndarray, " n"],
    scale: Float[np.ndarray, " n"],
    group: np.ndarray,
    width: int,
) -> Spike:
    start = int(group[0])
    peak_at = int(group[value[group].argmax()])
    before, peak = float(level[start]), float(value[peak_at])
    line = before + _COMEBACK * (peak - before)
    below = value[peak_at + 1 :] <= line
    back = np.flatnonzero(below[:-1] & below[1:])[:1] if below.size >= 2 else np.flatnonzero(below)[:1]
    stays = back.size > 0 and float(np.median(value[-max(3, width // 2) :])) <= line
    noise = float(scale[start])
    sigmas = (peak - before) / noise if noise > 0 else np.inf
    return Spike(start, peak_at, before, peak, float(sigmas), peak_at + 1 + int(back[0]) if stays else None)
