"""The closing checklist (T11): rate, data, model, loss, optimiser, implementation, logging, each ticked, crossed or not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..evidence.names import Kind
from ..evidence.run import Run
from ..rules.base import Severity
from .diagnosis import ChecklistItem, Found, NotChecked


@dataclass(frozen=True, slots=True)
class Point:
    """One point. Any rule of `crosses` or `more` that fired crosses it; all of `crosses` clear, or one of `ticks` fired, tick it.

    `more` are rules that can look in some runs only: that they could not is no reason to leave the point open. A point with
    no `crosses` is what a run cannot show by itself, and stays "not seen" unless it is crossed.
    """

    area: str
    id: str
    crosses: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


POINTS = (
    Point("rate", "rate-size", ("learning-rate-too-high", "learning-rate-too-low")),
    Point("rate", "rate-schedule", ("scheduler-misconfigured",), more=("scheduler-step-frequency",)),
    Point("rate", "rate-steady", ("loss-divergence", "loss-oscillation")),
    Point(
        "data",
        "data-scaled",
        ("inputs-not-scaled",),
        more=("target-not-scaled", "sentinel-in-features", "outliers-in-data", "non-finite-data"),
    ),
    Point(
        "data",
        "data-labels",
        ("label-misaligned",),
        more=(
            "label-noise",
            "label-format-wrong",
            "inputs-uninformative",
            "augmentation-breaks-labels",
            "conflicting-labels",
            "missing-target",
        ),
    ),
    Point("data", "data-shuffled", ("data-not-shuffled",), more=("duplicate-random-data", "rows-in-order")),
    Point(
        "data",
        "data-split",
        ("train-validation-leak",),
        more=(
            "validation-is-train",
            "preprocessing-mismatch",
            "future-leak",
            "target-leak",
            "group-overlap",
            "time-overlap",
            "distribution-shift",
        ),
    ),
    Point(
        "data",
        "data-balanced",
        ("class-imbalance",),
        more=("constant-metric", "stalled-metric", "class-weights-wrong"),
    ),
    Point(
        "model",
        "model-learns",
        ("loss-flat", "chance-level-loss"),
        more=(
            "dead-relu",
            "vanishing-gradients",
            "exploding-gradients",
            "bad-initialisation",
            "no-nonlinearity",
            "underfit-capacity",
            "undertrained",
            "dropout-too-strong",
            "weight-decay-too-strong",
            "tensor-layout-wrong",
            "embedding-collapse",
            "gan-imbalance",
            "gan-mode-collapse",
        ),
    ),
    Point("model", "model-generalises", ("overfitting",), more=("model-selection-on-train",)),
    Point("model", "model-calibrated", ("overconfidence",)),
    Point("loss", "loss-finite", ("non-finite-loss", "clamped-loss"), more=("numerical-instability-in-loss",)),
    Point("loss", "loss-start", ("initial-loss-off",), ("chance-level-start",)),
    Point(
        "loss",
        "loss-inputs",
        (
            "softmax-before-cross-entropy",
            "sigmoid-before-bce-with-logits",
            "log-probs-expected",
            "shape-broadcast-in-loss",
            "output-activation-mismatch",
            "wrong-dimension",
            "loss-task-mismatch",
            "padding-in-loss",
        ),
        more=("loss-wrong-sign", "loss-reduction-wrong", "policy-gradient-wrong"),
    ),
    Point("loss", "loss-parts", ("composite-part-stalled",), more=("kl-weight-wrong",)),
    Point(
        "optimiser",
        "optimiser-parameters",
        (
            "optimizer-holds-other-parameters",
            "optimizer-misses-parameters",
            "module-not-registered",
            "parameters-frozen",
        ),
        more=("weight-tying-wrong", "ema-misconfigured"),
    ),
    Point(
        "optimiser",
        "optimiser-gradients",
        ("loss-detached", "loss-accumulates-graph", "loss-constant"),
        more=(
            "vanishing-gradients",
            "exploding-gradients",
            "gradient-clip-too-tight",
            "hidden-state-detached",
            "low-precision",
        ),
    ),
    Point(
        "implementation",
        "calls-in-order",
        (
            "missing-zero-grad",
            "update-order-wrong",
            "backward-missing",
            "step-missing",
            "update-outside-loop",
            "optimizer-state-reset",
            "gradient-accumulation-wrong",
        ),
        more=("scheduler-step-frequency",),
    ),
    Point(
        "implementation",
        "train-eval-mode",
        ("eval-mode-in-training", "train-mode-in-validation"),
        more=("batch-norm-small-batch",),
    ),
    Point("implementation", "one-batch-learned"),
    Point("logging", "validation-logged", ("validation-not-logged", "sparse-validation")),
    Point("logging", "rate-logged"),
    Point("logging", "gradient-logged"),
    Point("logging", "metric-logged", more=("metric-wrong",)),
)
LOGGED = {
    "rate-logged": (Kind.LEARNING_RATE,),
    "gradient-logged": (Kind.GRADIENT_NORM,),
    "metric-logged": (Kind.METRIC_UP, Kind.METRIC_DOWN, Kind.REWARD),
}
"""Points that are about what the log holds."""


def checklist(
    run: Run, found: Sequence[Found], clear: Sequence[str], not_checked: Sequence[NotChecked]
) -> tuple[ChecklistItem, ...]:
    """Every point with its state and the rules that say so."""
    fired = {one.id for one in found}
    wrong = {one.id for one in found if one.severity is not Severity.NOTE or one.category == "logging"}
    passed = set(clear)
    blind = {one.id for one in not_checked}
    kinds = {series.role.kind for series in run.series.values() if len(series)}
    items = []
    for point in POINTS:
        guilty = tuple(id_ for id_ in point.crosses + point.more if id_ in wrong)
        proof = tuple(id_ for id_ in point.ticks if id_ in fired)
        state, because = "not-seen", tuple(id_ for id_ in point.crosses if id_ in blind)
        if guilty:
            state, because = "cross", guilty
        elif point.id in LOGGED:
            state = "tick" if kinds & set(LOGGED[point.id]) else "cross"
        elif proof:
            state, because = "tick", proof
        elif point.crosses and passed.issuperset(point.crosses):
            state, because = "tick", point.crosses + tuple(id_ for id_ in point.more if id_ in passed)
        items.append(ChecklistItem(area=point.area, id=point.id, state=state, because=because))
    return tuple(items)
