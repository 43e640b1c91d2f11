"""A loss worked out by hand: every number on the way from logits and target to the loss (example: 2.5, 0.1, −1.2, class 0).

Holds no words: each step is an id of the text catalogue (`losses.step.<id>`) with its numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, isfinite, log, log1p

import numpy as np

from .base import Loss
from .task import Unfit

SOFTMAX = frozenset(("cross-entropy", "nll", "language-model"))
SIGMOID = frozenset(("bce-with-logits", "bce"))
NUMBERS = frozenset(("mse", "mae", "rmse"))

Numbers = float | int | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the example."""

    id: str
    values: Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Worked:
    """The example and what it comes to."""

    loss: float
    steps: tuple[Step, ...]


def worked(loss: Loss, logits: Sequence[float], target: float, *, smoothing: float = 0.0) -> Worked:
    """The loss of one sample, step by step. Raises `Unfit` for a loss without an example, or a target that does not exist."""
    if not logits or not all(map(isfinite, logits)) or not isfinite(target):
        raise Unfit("numbers", name="--logits")
    if not 0 <= smoothing < 1:
        raise Unfit("smoothing-range", smoothing=smoothing)
    if loss.id in SOFTMAX:
        return _softmax(logits, target, smoothing)
    if loss.id in SIGMOID:
        return _sigmoid(logits[0], target)
    if loss.id in NUMBERS:
        return _number(loss.id, logits[0], target)
    raise Unfit("example-not-here", loss=loss.id, known=", ".join(sorted(SOFTMAX | SIGMOID | NUMBERS)))


def _softmax(logits: Sequence[float], target: float, smoothing: float) -> Worked:
    count, place = len(logits), int(target)
    if place != target or not 0 <= place < count:
        raise Unfit("example-class", target=target, classes=count, last=count - 1)
    z = np.asarray(logits, dtype=np.float64)
    shifted = z - z.max()
    exponentials = np.exp(shifted)
    log_shares = shifted - log(float(exponentials.sum()))
    shares = np.exp(log_shares)
    wanted = np.full(count, smoothing / count)
    wanted[place] += 1 - smoothing
    result = float(-(wanted * log_shares).sum())
    steps = [
        Step("logits", {"values": _tuple(z)}),
        Step("largest", {"largest": float(z.max()), "values": _tuple(shifted)}),
        Step("exponentials", {"values": _tuple(exponentials), "sum": float(exponentials.sum())}),
        Step("softmax", {"values": _tuple(shares)}),
        Step("loss", {"target": place, "probability": float(shares[place]), "loss": float(-log_shares[place])}),
    ]
    if smoothing:
        steps.append(Step("smoothed", {"smoothing": smoothing, "loss": result}))
    if count > 1:
        steps.append(Step("chance", {"classes": count, "chance": log(count)}))
    steps.append(Step("gradient", {"values": _tuple(shares - wanted)}))
    if count > 1 and (z >= 0).all() and abs(float(z.sum()) - 1) < 1e-3 and z[place] > 0:
        steps.append(Step("probabilities", {"without": -log(float(z[place]))}))
    return Worked(result, tuple(steps))


def _sigmoid(logit: float, target: float) -> Worked:
    if not 0 <= target <= 1:
        raise Unfit("example-binary-target", target=target)
    probability = 1 / (1 + exp(-logit)) if logit >= 0 else exp(logit) / (1 + exp(logit))
    softplus = logit + log1p(exp(-logit)) if logit >= 0 else log1p(expm1(logit) + 1)
    result = softplus - target * logit
    return Worked(
        result,
        (
            Step("sigmoid", {"logit": logit, "probability": probability}),
            Step("binary", {"target": target, "loss": result}),
            Step("chance", {"classes": 2, "chance": log(2)}),
            Step("gradient", {"values": (probability - target,)}),
        ),
    )


def _number(name: str, prediction: float, target: float) -> Worked:
    error = prediction - target
    result = error * error if name == "mse" else abs(error)
    return Worked(result, (Step("error", {"error": error}), Step("number", {"loss": result})))


def _tuple(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
