"""Whether a curve still moves at its end, and by how much against all that it has gained."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from .outline import Outline
from .robust import difference_noise
from .trend import mann_kendall, theil_sen

TAILS = (0.25, 0.12, 0.05)
"""Shares of the run whose slope is taken, the longest first, which noise moves least. A shorter one takes over where it
falls less by more than noise explains: a curve that has just levelled off still falls in the longer ones."""
FEWEST = 4  # levels in a tail, where there are so many
OTHER = 3.0  # standard errors by which a shorter tail has to differ
RANKED = 12  # levels from which ranks, which notice noise that remembers, decide whether there is a trend


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a curve that is to be minimised came, and what its last tenth brought. All in the curve's unit."""

    start: float
    best: float  # of the smoothed levels
    best_at: int  # its block
    end: float  # level of the last tenth
    noise: float  # of one level
    total: float  # start − best, not below 0
    gain: float  # what a tenth of the run (at least one reading) brings at the end's slope; negative: it gets worse
    certainty: float  # p of no trend at the end
    crossing: bool  # the curve changes its sign: its level is no measure of it

    @property
    def share(self) -> float:
        """The gain as a share of all that was gained, 0 where nothing was."""
        return self.gain / self.total if self.total > 0 else 0.0

    @property
    def relative(self) -> float:
        """The gain as a share of the level at the end; of all that was gained where the curve crosses zero."""
        base = max(abs(self.end), self.total) if self.crossing else abs(self.end)
        return self.gain / base if base > 0 else 0.0


def end_level(level: Float[np.ndarray, " blocks"], share: float = 0.1) -> tuple[float, int]:
    """The level of the last `share` of the curve, and over how many readings it was taken (3 at least from 10 on)."""
    count = max(1 if level.size < 10 else 3, round(share * level.size))
    return float(np.median(level[-count:])), count


def progress(curve: Outline, *, spent: bool = False) -> Progress:
    """How far the curve came and how it ends.

    `spent`: the learning rate has come to its end, so that only the last twentieth says whether anything still moves.
    """
    level, n = curve.level, curve.blocks
    smooth = curve.smoothed
    best_at = int(smooth.argmin())
    end, _ = end_level(level)
    start = curve.first
    slope, p, _ = _tail(curve, TAILS[-1] if spent else TAILS[0])
    for share in () if spent else TAILS[1:]:
        shorter, its_p, error = _tail(curve, share)
        if shorter - slope > OTHER * error:
            slope, p = shorter, its_p
    return Progress(
        start=start,
        best=float(smooth[best_at]),
        best_at=best_at,
        end=end,
        noise=curve.noise,
        total=max(0.0, start - float(smooth[best_at])),
        gain=-slope * max(0.1 * n, 1.0),
        certainty=p,
        crossing=bool(level.min() < 0 < level.max()),
    )


def _tail(curve: Outline, share: float) -> tuple[float, float, float]:
    """Slope per reading of the last `share` of the levels, the p of no trend in them, and the slope's standard error."""
    count = min(curve.blocks, max(FEWEST, math.ceil(share * curve.blocks)))
    tail = curve.level[-count:]
    x = np.arange(count, dtype=np.float64)
    slope, _ = theil_sen(x, tail)
    ranked = mann_kendall(tail)[1]
    reach = math.sqrt(float(((x - x.mean()) ** 2).sum()))
    noise = (
        curve.noise if count < RANKED else min(curve.noise, 1.5 * difference_noise(tail))
    )  # it shrinks with the level
    error = noise / reach if reach > 0 else 0.0
    if count >= RANKED:
        return slope, ranked, error
    sigmas = abs(slope) / error if error > 0 else math.inf if slope else 0.0
    return slope, min(ranked, math.erfc(sigmas / math.sqrt(2.0))), error  # few for ranks: also against the noise
