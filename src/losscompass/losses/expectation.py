"""What a loss must read on these very logits while the labels have nothing to do with them: no label is needed.

A sharper mark than ln C, for any network and any start: a first loss far below it means leakage or pretrained weights;
later on it is the loss that shuffled labels would read.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from jaxtyping import Float

Logits = Float[np.ndarray, "n classes"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """`value` in nats; `standard_error` of a loss measured on these logits, through the drawing of the labels alone;
    `standard_error_elsewhere` of one measured on as many other samples, whose logits are drawn anew.
    """

    value: float
    standard_error: float
    standard_error_elsewhere: float


def expected_cross_entropy(logits: Logits, priors: Float[np.ndarray, " classes"] | None = None) -> Expectation:
    """Mean over n of [logsumexp(z_n) − Σ_c π_c z_nc], π the class shares (even ones if None).

    Raises ValueError where the shapes do not fit, a logit is not finite, or the shares do not sum to 1.
    """
    logits = _checked(logits)
    if logits.ndim != 2:
        raise ValueError(f"logits of shape (n, classes) are needed, not {logits.shape}")
    classes = logits.shape[1]
    shares = np.full(classes, 1 / classes) if priors is None else np.asarray(priors, float)
    if shares.shape != (classes,) or (shares < 0).any() or not abs(shares.sum() - 1) <= 1e-3:  # three printed digits
        raise ValueError(f"{classes} shares that sum to 1 are needed, not {shares.tolist()}")
    shares = shares / shares.sum()
    top = logits.max(axis=1, keepdims=True)
    below = logits - top
    normaliser = np.log(np.exp(below).sum(axis=1))
    scores = below @ shares
    of_labels = ((below - scores[:, None]) ** 2) @ shares  # how much the drawing of a label moves a sample's loss
    return _gathered(normaliser - scores, of_labels)


def expected_binary_cross_entropy(
    logits: Float[np.ndarray, " n"] | Float[np.ndarray, "n outputs"],
    priors: float | Float[np.ndarray, " outputs"] = 0.5,
    positive_weight: float = 1.0,
) -> Expectation:
    """Mean [softplus(z) − π z] over samples and outputs, π the share of positives (of each output).

    With a weight w of the positives: mean [π w softplus(−z) + (1 − π) softplus(z)].
    Raises ValueError where a logit is not finite, the shapes do not fit, or a share lies outside 0 … 1.
    """
    logits = _checked(logits)
    shares = np.asarray(priors, float)
    outputs = logits.shape[1:]
    if shares.shape not in ((), (1,), outputs) or (shares < 0).any() or (shares > 1).any() or np.isnan(shares).any():
        raise ValueError(f"shares of positives between 0 and 1 are needed, one of each output, not {shares.tolist()}")
    yes, no = positive_weight * np.logaddexp(0, -logits), np.logaddexp(0, logits)
    expected = shares * yes + (1 - shares) * no
    of_labels = shares * (1 - shares) * (yes - no) ** 2
    samples = len(logits)
    flat = expected.reshape(samples, -1)
    return _gathered(flat.mean(axis=1), of_labels.reshape(samples, -1).sum(axis=1) / flat.shape[1] ** 2)


def _checked(logits: np.ndarray) -> np.ndarray:
    logits = np.asarray(logits, float)
    if logits.ndim == 0 or logits.size == 0 or not np.isfinite(logits).all():
        raise ValueError("at least one sample of finite logits is needed")
    return logits


def _gathered(each: Float[np.ndarray, " n"], of_labels: Float[np.ndarray, " n"]) -> Expectation:
    samples = len(each)
    labels = float(of_labels.mean())
    return Expectation(
        value=float(each.mean()),
        standard_error=sqrt(labels / samples),
        standard_error_elsewhere=sqrt((labels + float(each.var())) / samples),
    )
