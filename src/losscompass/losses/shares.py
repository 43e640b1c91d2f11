"""Shares of positives and of classes, as a setting gives them."""

import numpy as np
from jaxtyping import Float

from .base import Setting


def positive_share(setting: Setting) -> float | None:
    """The one share of positives; None where it is unknown or there are several."""
    return float(setting.priors[0]) if setting.priors is not None and setting.priors.size == 1 else None


def class_shares(setting: Setting) -> Float[np.ndarray, " classes"] | None:
    """The shares of two or more classes; None where they are unknown."""
    return setting.priors if setting.priors is not None and setting.priors.size > 1 else None
