"""What a constant guess scores in a metric, and which way the metric is better.

The guess is the one that makes accuracy deceive: always the commonest class; for numbers the mean (or, for the absolute
error, the median); for a score that ranks, the same score for all. The conventions are scikit-learn's (0 for 0/0).
"""

import re
from collections.abc import Callable, Mapping
from math import exp, sqrt
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from ..evidence.names import role_of
from .base import Setting
from .forms import entropy

Shares = Float[np.ndarray, " classes"]


def direction(name: str) -> int:
    """+1 where higher is better, −1 where lower is, 0 where the name says neither."""
    return role_of(f"val/{name}")[1].direction


def constant_guess(name: str, task: str, setting: Setting) -> float | None:
    """What the constant guess scores; None where it is not known, or the setting says too little."""
    key = _key(name)
    if key in RANKS:
        return RANKS[key]
    if task == "regression":
        return _of_numbers(key, setting)
    priors = setting.priors
    if priors is None:
        return None
    if task == "segmentation":
        return _of_mask(key, float(priors[0])) if priors.size == 1 else None
    if task not in {"binary", "multiclass", "language-model"}:
        return None
    if task == "binary" or priors.size == 1:
        share = float(priors[-1])  # of positives, however they were given
        return _BINARY[key](share) if key in _BINARY else None
    return _SEVERAL[key](priors) if key in _SEVERAL else None


RANKS: Mapping[str, float] = MappingProxyType(
    {"roc-auc": 0.5, "mcc": 0.0, "kappa": 0.0, "r2": 0.0, "explained-variance": 0.0}
)
"""The same for every data set."""

_BINARY: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "accuracy": lambda p: max(p, 1 - p),
        "balanced-accuracy": lambda _: 0.5,
        "recall": lambda p: float(p > 0.5),
        "precision": lambda p: p if p > 0.5 else 0.0,
        "f1": lambda p: 2 * p / (1 + p) if p > 0.5 else 0.0,
        "pr-auc": lambda p: p,
        "brier": lambda p: p * (1 - p),
        "perplexity": lambda p: exp(entropy(np.array([p, 1 - p]))),
    }
)

_SEVERAL: Mapping[str, Callable[[Shares], float]] = MappingProxyType(
    {
        "accuracy": lambda p: float(p.max()),
        "top-5": lambda p: float(np.sort(p)[-5:].sum()),
        "balanced-accuracy": lambda p: 1 / p.size,
        "recall": lambda p: 1 / p.size,  # macro: 1 for the commonest class, 0 for all others
        "precision": lambda p: float(p.max()) / p.size,
        "f1": lambda p: 2 * float(p.max()) / (1 + float(p.max())) / p.size,
        "pr-auc": lambda p: 1 / p.size,  # macro: the mean of the shares
        "brier": lambda p: 1 - float((p * p).sum()),
        "perplexity": lambda p: exp(entropy(p)),
    }
)


def _of_numbers(key: str, setting: Setting) -> float | None:
    target = setting.target
    if target is None:
        return None
    return {"rmse": sqrt(target.variance), "mse": target.variance, "mae": target.mean_absolute_deviation}.get(key)


def _of_mask(key: str, share: float) -> float | None:
    """The guess that overlaps best: all of it foreground; of accuracy the commoner of the two."""
    return {"iou": share, "dice": 2 * share / (1 + share), "accuracy": max(share, 1 - share), "pr-auc": share}.get(key)


_PATTERNS = (
    ("balanced-accuracy", r"balanced.?acc"),
    ("top-5", r"top.?5"),
    ("pr-auc", r"pr.?auc|auc.?pr|average.?precision|\bap\b"),
    ("roc-auc", r"roc|\bauc\b|auroc"),
    ("accuracy", r"acc"),
    ("recall", r"recall(?!@)|sensitivity"),
    ("precision", r"precision(?!@)"),
    ("f1", r"\bf.?1\b|f.?score"),
    ("mcc", r"mcc|matthews"),
    ("kappa", r"kappa"),
    ("r2", r"\br.?2\b|r²"),
    ("explained-variance", r"explained.?variance"),
    ("rmse", r"rmse|root.mean.squared"),
    ("mse", r"\bmse\b|mean.squared"),
    ("mae", r"\bmae\b|mean.absolute.error"),
    ("brier", r"brier"),
    ("perplexity", r"perplexity|\bppl\b"),
    ("iou", r"\bm?iou\b|jaccard"),
    ("dice", r"dice"),
)


def _key(name: str) -> str:
    """The metric that a name stands for; the name itself where none is known. "Mean average precision" is a rank of its own."""
    plain = name.lower().replace("_", " ").replace("-", " ")
    if re.search(r"mean average precision|map\b|hausdorff", plain):
        return plain
    return next((key for key, pattern in _PATTERNS if re.search(pattern, plain)), plain)
