"""Readings of binary cross-entropy, whichever way the probability is given."""

from math import exp, log, log1p

import numpy as np

from ..base import Readings, Setting
from ..forms import Values, binary_entropy, reduced


def binary_readings(setting: Setting, target_entropy: float) -> Readings:
    """Of one output or of several (multi-label), with weights, a weight of the positives, smoothing and soft targets.

    `priors`: share of positives of each output; unknown shares are taken as one half, and so noted.
    `target_entropy`: mean entropy of soft targets, which no prediction goes below.
    """
    priors, notes = shares_of(setting)
    weights = np.ones(len(priors)) if setting.weights is None else np.asarray(setting.weights, float)
    positive, smoothing = setting.positive_weight, setting.smoothing
    smooth = (1 - smoothing) * priors + smoothing / 2
    start = log(2) * float((weights * (1 - smooth + positive * smooth)).mean())
    baseline = float((weights * _least(smooth, positive)).mean())
    yes, no = _least(np.array([1 - smoothing / 2, smoothing / 2]), positive)
    floor = float((weights * (priors * yes + (1 - priors) * no)).mean())
    if target_entropy > floor:
        floor = min(target_entropy, baseline)
    return reduced(setting, start, baseline, min(floor, baseline), *notes)


def shares_of(setting: Setting) -> tuple[Values, tuple[str, ...]]:
    """The shares of positives of each output, and the note that says if they had to be assumed."""
    if setting.priors is not None:
        return np.asarray(setting.priors, float), ()
    outputs = 1 if setting.weights is None else len(setting.weights)
    return np.full(outputs, 0.5), ("priors-unknown",)


def _least(share: Values, positive: float) -> Values:
    """The least that one probability can read on targets with this mean: a weighted entropy."""
    mass = 1 - share + positive * share
    return np.asarray(mass * binary_entropy(np.where(mass > 0, positive * share / np.where(mass > 0, mass, 1), 0)))


def nothing_learned(setting: Setting) -> float | None:
    """Ln 2, weighed: the output does not move from one half."""
    return binary_readings(setting, 0.0).start


def sigmoid_twice(setting: Setting) -> float | None:
    """What a perfect classifier reads whose sigmoid output is put through a sigmoid again; needs the share of positives."""
    if setting.priors is None or setting.smoothing or setting.reduction != "mean" or setting.weights is not None:
        return None
    share = float(np.mean(setting.priors))
    return share * setting.positive_weight * log1p(exp(-1)) + (1 - share) * log(2)
