"""The share of signal ᾱ over the steps of the two usual noise schedules, and what follows for losses of denoising."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from ..base import Loss, Parameter, Setting

STEPS = 1000
Kept = Float[np.ndarray, " steps"]

PARAMETERS = (Parameter("cosine", 0.0, low=0.0, high=1.0), Parameter("independent", 0.0, low=0.0, high=1.0))
"""`cosine`: 1 for that schedule, 0 for the linear one; `independent`: 1 where the data's values are independent normals."""


def kept(loss: Loss, setting: Setting) -> Kept:
    """ᾱ of each step: linear β from 1e-4 to 0.02 (arXiv 2006.11239), or cosine with β at most 0.999 (2102.09672)."""
    if setting.parameter(loss, "cosine") < 0.5:
        return np.cumprod(1 - np.linspace(1e-4, 0.02, STEPS))
    at = np.cos((np.arange(STEPS + 1) / STEPS + 0.008) / 1.008 * np.pi / 2) ** 2
    return np.cumprod(1 - np.minimum(1 - at[1:] / at[:-1], 0.999))


def independent_floor(
    loss: Loss, setting: Setting, remaining: Callable[[Kept, float], Kept]
) -> tuple[float, tuple[str, ...]]:
    """The least mean error for independent normal values, and no more than 0 for data whose values tell of each other."""
    if setting.parameter(loss, "independent") < 0.5 or setting.target is None or setting.target.variance <= 0:
        return 0.0, ("floor-above-zero",)
    return float(remaining(kept(loss, setting), setting.target.variance).mean()), ("independent-values",)
