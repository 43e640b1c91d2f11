"""Where symptoms were seen and no cause: which causes leave such a curve, how often, and what would tell them apart.

The shares are measured on trainings with one fault each, every fault equally often: for a log by `calibration/causes.py`, for a watched run by
`calibration/watched.py` on the zoo. They say what can be told apart, not how common a mistake is among people; nothing is listed unmeasured.
A watched run is asked otherwise than a log: most causes show themselves there, so that those are left whose rules miss the most.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..rules.base import Severity
from .diagnosis import Found, Likely

LEAST = 0.03  # share below which a cause is not worth naming
MOST = 8  # causes named

SETTLED_BY: Mapping[str, str] = MappingProxyType(
    {
        "learning-rate-too-high": "learning-rate",
        "learning-rate-too-low": "learning-rate",
        "scheduler-step-frequency": "learning-rate",
        "scheduler-misconfigured": "learning-rate",
        "missing-zero-grad": "calls",
        "update-order-wrong": "calls",
        "backward-missing": "calls",
        "step-missing": "calls",
        "update-outside-loop": "calls",
        "optimizer-state-reset": "calls",
        "gradient-accumulation-wrong": "calls",
        "loss-accumulates-graph": "calls",
        "eval-mode-in-training": "training-mode",
        "train-mode-in-validation": "modes",
        "optimizer-holds-other-parameters": "parameters",
        "optimizer-misses-parameters": "parameters",
        "module-not-registered": "parameters",
        "parameters-frozen": "parameters",
        "weight-tying-wrong": "parameters",
        "ema-misconfigured": "averages",
        "loss-detached": "parameters",
        "hidden-state-detached": "gradients",
        "loss-constant": "loss-inputs",
        "loss-wrong-sign": "loss-inputs",
        "loss-reduction-wrong": "loss-inputs",
        "softmax-before-cross-entropy": "loss-inputs",
        "sigmoid-before-bce-with-logits": "loss-inputs",
        "log-probs-expected": "loss-inputs",
        "loss-task-mismatch": "loss-inputs",
        "output-activation-mismatch": "loss-inputs",
        "shape-broadcast-in-loss": "loss-inputs",
        "wrong-dimension": "one-sample",
        "tensor-layout-wrong": "one-sample",
        "numerical-instability-in-loss": "loss-inputs",
        "class-weights-wrong": "loss-inputs",
        "padding-in-loss": "padding",
        "kl-weight-wrong": "loss-terms",
        "policy-gradient-wrong": "policy",
        "label-misaligned": "labels",
        "label-noise": "labels",
        "label-format-wrong": "labels",
        "inputs-not-scaled": "input-statistics",
        "inputs-uninformative": "simple-model",
        "target-not-scaled": "input-statistics",
        "non-finite-data": "input-statistics",
        "sentinel-in-features": "input-statistics",
        "outliers-in-data": "input-statistics",
        "class-imbalance": "predictions",
        "train-validation-leak": "duplicates",
        "target-leak": "single-features",
        "future-leak": "future",
        "data-not-shuffled": "batch-order",
        "duplicate-random-data": "repeats",
        "preprocessing-mismatch": "split-statistics",
        "augmentation-breaks-labels": "augmented",
        "metric-wrong": "metric-by-hand",
        "validation-is-train": "duplicates",
        "model-selection-on-train": "selection",
        "undertrained": "forecast",
        "batch-norm-small-batch": "batch-statistics",
        "dead-relu": "activations",
        "vanishing-gradients": "gradients",
        "exploding-gradients": "gradients",
        "bad-initialisation": "gradients",
        "no-nonlinearity": "train-on-one-batch",
        "underfit-capacity": "train-on-one-batch",
        "overfitting": "learning-curve",
        "dropout-too-strong": "without-regularisation",
        "weight-decay-too-strong": "without-regularisation",
        "gradient-clip-too-tight": "gradients",
        "low-precision": "precision",
        "gan-imbalance": "game",
        "gan-mode-collapse": "game",
        "embedding-collapse": "embeddings",
    }
)
"""Which evidence decides whether a cause is the one: ids of the text catalogue ("evidence.<id>")."""


@cache
def shares() -> Mapping[str, Mapping[str, float]]:
    """First symptom → cause → share of the measured runs with that first symptom."""
    record = json.loads((files(__package__) / "cause_shares.json").read_text("utf-8"))
    return MappingProxyType({symptom: MappingProxyType(causes) for symptom, causes in record["shares"].items()})


PRIOR = 0.5  # runs that a symptom's overall share counts for beside a cause's own (Jeffreys' half)


@dataclass(frozen=True, slots=True)
class Watched:
    """A cause in the watched trainings of the zoo: how many had it, on how many it was not named, and their first symptoms."""

    runs: int
    unnamed: int
    symptoms: Mapping[str, int]


@cache
def watched_runs() -> Mapping[str, Watched]:
    """Cause → what its trainings showed."""
    record = json.loads((files(__package__) / "watched_shares.json").read_text("utf-8"))
    return MappingProxyType({cause: Watched(**row) for cause, row in record["causes"].items()})


def shares_unnamed(symptom: str, causes: Mapping[str, Watched]) -> dict[str, float]:
    """Cause → its share among trainings with this first symptom whose cause was not named, were every cause equally common.

    Bayes' rule; both shares of a cause are smoothed, since none has many runs: P(symptom | cause) towards the symptom's share of all runs,
    P(not named | cause) towards one half.
    """
    overall = sum(one.symptoms.get(symptom, 0) for one in causes.values()) / max(
        1, sum(one.runs for one in causes.values())
    )
    weights = {
        cause: (one.symptoms.get(symptom, 0) + PRIOR * overall)
        / (one.runs + PRIOR)
        * (one.unnamed + PRIOR)
        / (one.runs + 2 * PRIOR)
        for cause, one in causes.items()
    }
    total = sum(weights.values())
    return {cause: weight / total for cause, weight in weights.items()} if overall else {}


def likely(found: Sequence[Found], *, watched: bool = False) -> tuple[Likely, ...]:
    """The likely causes of the first symptom of warning or above, likeliest first; none where its cause was seen.

    `watched`: the run itself was looked at, not a log of it.
    """
    for one in found:
        if one.kind == "cause" and one.severity is not Severity.NOTE:
            return ()
        if one.kind == "symptom" and one.severity is not Severity.NOTE:
            causes = shares_unnamed(one.id, watched_runs()) if watched else shares().get(one.id, {})
            named = [
                Likely(cause, share, SETTLED_BY[cause])
                for cause, share in causes.items()
                if share >= LEAST and cause in SETTLED_BY
            ]
            return tuple(sorted(named, key=lambda cause: (-cause.confidence, cause.id))[:MOST])
    return ()
