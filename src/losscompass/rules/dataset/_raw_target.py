"""A target in large units, as a squared error tells it by how high it is, and how long it stays so."""

import numpy as np

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Severity, Threshold
from ..distance import size_of_target
from ..looks import update_ratio
from ..operations import LAYOUT
from ..oversteps import TURNED, seen_in_the_weights
from ..seen import loops, number, place, proportional, text, texts, training_calls

SIZE = Threshold(20.0, unit="size of the target, where 1 is standardised", basis="calibration/target-not-scaled.json")
MEAN = 0.02  # how far the weights of a mean may be from adding up to 1


ON_THE_WAY = 0.3  # share of the run in which the loss was above that of the mean, given to all samples
LEFT = 0.1  # of the variance of the target, that is left at the end
STEPS = 50
BRISK = 1e-3  # of the weights of a layer, that a step changes; 0.001 to 0.01 is usual


def on_the_way(run: Run) -> Finding | None:
    """A good part of the run that was spent on the way to the mean of a target that lies far from zero."""
    loss, asked = run.curve("train"), _asked(run)
    if loss is None or len(loss) < STEPS or asked is None or run.facts.get("reinforcement") is True:
        return None
    if proportional(run) is not None or not any(run.tracks("update")) or update_ratio(run) < BRISK:
        return None  # steps that grow with the error, or are small for any target: the rate decides
    mean, std, where = asked
    if abs(mean) < max(SIZE.value, std) or std <= 0 or loss.axis == "epoch":
        return None
    behind = float(np.mean(~(loss.value <= std * std)))
    if behind < ON_THE_WAY or np.median(loss.value[-max(3, len(loss) // 20) :]) < LEFT * std * std:
        return None
    values: dict[str, float | str] = {"column": "y", "mean": mean, "std": std, "variance": mean * mean + std * std}
    return Finding(onset=None, values=values, severity=Severity.CRITICAL, confidence=0.85, place=where)


def _asked(run: Run) -> tuple[float, float, Place | None] | None:
    """Mean and spread of what the one squared error of the run asks for, and the line that calls for it."""
    graph, calls = next(iter(run.happened("graph")), None), list(training_calls(run, "mse_loss"))
    if graph is None or len({number(one, "site") for one in run.happened("graph")}) != 1:
        return None
    ops = [name.rstrip("0123456789") for name in texts(graph, "root_ops")]
    if "Pow" in ops[: ops.index("Sub")] if "Sub" in ops else False:
        mean, std, weight = (number(graph, key) for key in ("asked_mean", "asked_std", "total_weight"))
        loop = next(iter(loops(run)), None) if run.happened("loop") else None
        called = place(loop, "forward") if loop is not None else None
        outer = place(graph, "outermost", "at")
        where = called if called is not None and "loss" in called.code else outer
        fits = mean is not None and std is not None and weight is not None and abs(weight - 1) < MEAN
        return (mean or 0.0, std or 0.0, where) if fits else None
    plain = [name for name in ops if name not in LAYOUT] == ["MseLoss"]
    if not plain or any(text(one, "reduction") != "mean" for one in calls) or not calls:
        return None
    mean, std = number(calls[0], "target_mean"), number(calls[0], "target_std")
    return None if mean is None or std is None else (mean, std, place(calls[0], "at"))


def raw_target_in_the_loss(run: Run) -> Finding | None:
    """A first squared error far beyond what the outputs can make, and steps that only a target of size 1 would bear."""
    size, loss = size_of_target(run), run.curve("train")
    if size < SIZE.value or loss is None or not len(loss) or run.facts.get("reinforcement") is True:
        return None
    bears = proportional(run) is not None and update_ratio(run) <= TURNED * size / 2
    if not bears or seen_in_the_weights(run) is None:
        return None
    values: dict[str, float | str] = {"column": "y", "mean": "–", "std": "–", "variance": size * size}
    return Finding(onset=None, values=values, severity=Severity.CRITICAL, confidence=0.85)
