"""Where symptoms were seen and no cause: which causes leave such a curve, how often, and what would tell them apart.

The shares are measured (`calibration/causes.py`): trainings with one fault each, every fault equally often, read like any
log. They say what a curve alone can tell apart, not how common a mistake is among people; nothing is listed unmeasured.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..rules.all import ALL
from ..rules.base import Severity
from .diagnosis import Found, Likely

LEAST = 0.03  # share below which a cause is not worth naming
MOST = 8  # causes named

SETTLED_BY: Mapping[str, str] = MappingProxyType(
    {
        "learning-rate-too-high": "learning-rate",
        "learning-rate-too-low": "learning-rate",
        "scheduler-misconfigured": "learning-rate",
        "missing-zero-grad": "calls",
        "step-missing": "calls",
        "optimizer-holds-other-parameters": "parameters",
        "parameters-frozen": "parameters",
        "softmax-before-cross-entropy": "loss-inputs",
        "shape-broadcast-in-loss": "loss-inputs",
        "numerical-instability-in-loss": "loss-inputs",
        "loss-wrong-sign": "loss-inputs",
        "loss-reduction-wrong": "loss-inputs",
        "label-misaligned": "labels",
        "label-noise": "labels",
        "inputs-uninformative": "simple-model",
        "inputs-not-scaled": "input-statistics",
        "sentinel-in-features": "input-statistics",
        "outliers-in-data": "input-statistics",
        "target-not-scaled": "input-statistics",
        "non-finite-data": "input-statistics",
        "preprocessing-mismatch": "split-statistics",
        "train-validation-leak": "duplicates",
        "class-imbalance": "predictions",
        "data-not-shuffled": "batch-order",
        "train-mode-in-validation": "modes",
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
        "undertrained": "forecast",
    }
)
"""Which evidence decides whether a cause is the one: ids of the text catalogue ("evidence.<id>")."""


@cache
def shares() -> Mapping[str, Mapping[str, float]]:
    """First symptom → cause → share of the measured runs with that first symptom."""
    record = json.loads((files(__package__) / "cause_shares.json").read_text("utf-8"))
    return MappingProxyType({symptom: MappingProxyType(causes) for symptom, causes in record["shares"].items()})


PARTLY = frozenset({"loss-wrong-sign", "loss-reduction-wrong", "numerical-instability-in-loss"})
"""Causes of which a watched run shows the usual forms only: a rule that is clear does not rule them out."""

SEEN_DIRECTLY = (
    frozenset(rule.id for rule in ALL if rule.needs and rule.needs[0].what.startswith("fact:watched")) - PARTLY
)
"""Causes that a watched run shows by themselves: where such a rule is clear, the cause is out of the question."""


def likely(found: Sequence[Found], clear: Sequence[str] = (), *, watched: bool = False) -> tuple[Likely, ...]:
    """The likely causes of the first symptom of warning or above, likeliest first; none where its cause was seen.

    `clear`: ids of the rules that looked and found nothing. `watched`: they looked at the run itself, not at a log of it.
    """
    excluded = SEEN_DIRECTLY.intersection(clear) if watched else frozenset()
    for one in found:
        if one.kind == "cause" and one.severity is not Severity.NOTE:
            return ()
        if one.kind == "symptom" and one.severity is not Severity.NOTE:
            causes = shares().get(one.id, {})
            named = [
                Likely(cause, share, SETTLED_BY[cause])
                for cause, share in causes.items()
                if share >= LEAST and cause in SETTLED_BY and cause not in excluded
            ]
            return tuple(sorted(named, key=lambda cause: (-cause.confidence, cause.id))[:MOST])
    return ()
