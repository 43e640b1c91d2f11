"""The closing checklist (T11): rate, data, model, loss, optimiser, implementation, logging, each ticked, crossed or not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..evidence.names import Kind
from ..evidence.run import Run
from ..rules.base import Severity
from .diagnosis import ChecklistItem, Found, NotChecked


@dataclass(frozen=True, slots=True)
class Point:
    """One point. Any rule of `crosses` that fired crosses it; all of them clear, or one of `ticks` fired, tick it.

    A point with neither is what a log cannot show: it stays "not seen" until a run is watched.
    """

    area: str
    id: str
    crosses: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()


POINTS = (
    Point("rate", "rate-size", ("learning-rate-too-high", "learning-rate-too-low")),
    Point("rate", "rate-schedule", ("scheduler-misconfigured",)),
    Point("rate", "rate-steady", ("loss-divergence", "loss-oscillation")),
    Point("data", "data-scaled"),
    Point("data", "data-labels"),
    Point("data", "data-shuffled", ("data-not-shuffled",)),
    Point(
        "data", "data-split", ("train-validation-leak", "validation-is-train", "preprocessing-mismatch", "future-leak")
    ),
    Point("data", "data-balanced", ("constant-metric", "stalled-metric")),
    Point("model", "model-learns", ("loss-flat", "chance-level-loss")),
    Point("model", "model-generalises", ("overfitting",)),
    Point("model", "model-calibrated", ("overconfidence",)),
    Point("loss", "loss-finite", ("non-finite-loss", "clamped-loss")),
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
    ),
    Point("loss", "loss-parts", ("composite-part-stalled",)),
    Point(
        "optimiser",
        "optimiser-parameters",
        (
            "optimizer-holds-other-parameters",
            "optimizer-misses-parameters",
            "module-not-registered",
            "parameters-frozen",
        ),
    ),
    Point(
        "optimiser",
        "optimiser-gradients",
        (
            "loss-detached",
            "loss-accumulates-graph",
            "vanishing-gradients",
            "exploding-gradients",
            "gradient-clip-too-tight",
            "loss-constant",
            "hidden-state-detached",
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
            "scheduler-step-frequency",
            "update-outside-loop",
            "optimizer-state-reset",
            "gradient-accumulation-wrong",
        ),
    ),
    Point("implementation", "train-eval-mode", ("eval-mode-in-training", "train-mode-in-validation")),
    Point("implementation", "one-batch-learned"),
    Point("logging", "validation-logged", ("validation-not-logged", "sparse-validation")),
    Point("logging", "rate-logged"),
    Point("logging", "gradient-logged"),
    Point("logging", "metric-logged"),
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
        guilty = tuple(id_ for id_ in point.crosses if id_ in wrong)
        proof = tuple(id_ for id_ in point.ticks if id_ in fired)
        state, because = "not-seen", tuple(id_ for id_ in point.crosses if id_ in blind)
        if point.id in LOGGED:
            state = "tick" if kinds & set(LOGGED[point.id]) else "cross"
        elif guilty:
            state, because = "cross", guilty
        elif proof:
            state, because = "tick", proof
        elif point.crosses and passed.issuperset(point.crosses):
            state, because = "tick", point.crosses
        items.append(ChecklistItem(area=point.area, id=point.id, state=state, because=because))
    return tuple(items)
