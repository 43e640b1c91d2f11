"""Where a held-out curve turns, and whether it turned for good."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .convergence import end_level
from .outline import Outline, smoothing
from .trend import mann_kendall


@dataclass(frozen=True, slots=True)
class Turn:
    """A curve that is to be minimised has a lowest place and ends above it. Levels in the curve's unit."""

    block: int  # of the lowest smoothed level
    lowest: float  # the smoothed level there
    end: float  # of the last tenth
    rise: float  # end − lowest
    sigmas: float  # the rise, in noise of the difference, after what the luck of the lowest explains
    tau: float  # Kendall's, from the lowest on: 1 if it only rises
    certainty: float  # p of no trend from the lowest on
    after: int  # readings after the lowest


def turn(curve: Outline) -> Turn:
    """The lowest place of the smoothed curve, and how sure and how steady the rise after it is.

    The lowest of m noisy readings lies about sqrt(2 ln m) of their noise below their level by luck alone; so much is
    taken off the rise before it counts.
    """
    level = curve.level
    width = smoothing(curve.blocks)
    smooth = curve.smoothed
    block = int(smooth.argmin())
    end, count = end_level(level)
    lowest = float(smooth[block])
    rise = end - lowest
    tau, certainty = mann_kendall(level[block:]) if curve.blocks - block >= 4 else (float(np.sign(rise)), 1.0)
    noise_low = curve.noise * min(1.0, 1.2533 / math.sqrt(width))
    noise_end = curve.noise * min(1.0, 1.2533 / math.sqrt(count))
    luck = noise_low * math.sqrt(2.0 * math.log(max(1.0, curve.blocks / width)))
    spread = math.hypot(noise_low, noise_end)
    sigmas = (rise - luck) / spread if spread > 0 else math.copysign(math.inf, rise) if rise else 0.0
    return Turn(block, lowest, end, rise, sigmas, tau, certainty, curve.blocks - 1 - block)


def exact_lowest(value: Float[np.ndarray, " n"], curve: Outline, seen: Turn) -> int:
    """The lowest point where the smoothed curve is within noise of its lowest level: what a user finds in the log.

    Noise is taken as at most a third of the rise, so that a point far up the slope never counts as the lowest.
    """
    near = np.flatnonzero(curve.smoothed <= seen.lowest + max(0.0, min(2.0 * curve.noise, seen.rise / 3.0)))
    inside = np.zeros(curve.blocks, dtype=np.bool_)
    inside[near] = True
    points = np.flatnonzero(np.repeat(inside, np.diff(curve.edges)))
    return int(points[value[points].argmin()])
