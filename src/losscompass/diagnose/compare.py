"""Runs side by side (J8): ranked where they measure the same thing, refused with the reason where they do not."""

import re
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from ..evidence.names import Kind
from ..evidence.run import Series
from ..rules.base import Value
from ..signal.robust import difference_noise
from .diagnosis import Comparison, RunDiagnosis

SCALE = 5.0
"""Untrained models of one loss start at the same level (ln K, the variance of the target): a factor of five between first
values *and* between best values, in the same direction, is a sum beside a mean or another unit, not a better model."""
POINTS = 3  # fewer say nothing about where a run gets to
LOSSES = re.compile(
    r"bce|cross.?entropy|xent|nll|likelihood|r?mse|mae|huber|smooth.?l1|hinge|dice|focal|triplet|ctc|elbo|kld?|perplexity|"
    r"log.?loss|auc|acc"
)
"""What a series is called where the log names its loss."""


def compare(runs: Sequence[RunDiagnosis]) -> Comparison | None:
    """The largest group of runs that can be ranked on one series; where there is none, why the first two cannot.

    Runs outside the group keep their place in `Diagnosis.runs` and have no rank; `values` counts them ("left_out").
    """
    if len(runs) < 2:
        return None
    grouped: list[tuple[str, list[int]]] = []
    for on in _candidates(runs):
        groups: list[list[int]] = []
        for index, one in enumerate(runs):
            if on in one.run.series and len(one.run.series[on].finite()) >= POINTS:
                for group in groups:
                    if not _objection(runs[group[0]], one, on)[0]:
                        group.append(index)
                        break
                else:
                    groups.append([index])
        largest = max(groups, key=len, default=[])
        if len(largest) > 1:
            grouped.append((on, largest))
    most = max((len(group) for _, group in grouped), default=0)
    # held-out data judge a run; training data only where most runs were never held to anything else
    on, group = next(((on, group) for on, group in grouped if 2 * len(group) >= most), ("", []))
    if group:
        return _ranked(runs, on, group)
    on = next(iter(_candidates(runs)), "")
    reason, values = _objection(runs[0], runs[1], on)
    return Comparison(on=on, refused=reason or "too-short", values=MappingProxyType(values))


def _candidates(runs: Sequence[RunDiagnosis]) -> list[str]:
    """Headline series that any run has, validation first, in the order of the runs."""
    names = [one.run.curves.get(phase) for phase in ("val", "test", "train") for one in runs]
    return list(dict.fromkeys(name for name in names if name))


def _objection(one: RunDiagnosis, other: RunDiagnosis, on: str) -> tuple[str, dict[str, Value]]:
    """Why these two cannot be compared on a series: an id, empty if nothing speaks against it, and what was seen."""
    a, b = one.run.series.get(on), other.run.series.get(on)
    if a is None or b is None:
        return "different-series", {"one": _headline(one), "other": _headline(other)}
    if a.role.direction != b.role.direction or (a.role.kind is Kind.REWARD) != (b.role.kind is Kind.REWARD):
        return "different-direction", {"series": on}
    if not a.role.direction:
        return "no-direction", {"series": on}
    for fact, reason in (("loss", "different-losses"), ("dataset", "different-data"), ("classes", "different-classes")):
        first = one.run.facts.get(fact, one.inferred.get(fact))
        second = other.run.facts.get(fact, other.inferred.get(fact))
        if first is not None and second is not None and first != second:
            return reason, {"one": str(first), "other": str(second)}
    named = [LOSSES.findall(series.raw.lower()) for series in (a, b)]
    if all(named) and set(named[0]).isdisjoint(named[1]):
        return "different-losses", {"one": a.raw, "other": b.raw}
    a, b = a.finite(), b.finite()
    if min(len(a), len(b)) < POINTS:
        return "too-short", {"series": on, "points": min(len(a), len(b))}
    if a.role.kind is Kind.LOSS:
        ratios = [_ratio(float(a.value[0]), float(b.value[0])), _ratio(float(a.value.min()), float(b.value.min()))]
        if min(ratios) >= SCALE or max(ratios) <= 1 / SCALE:
            factor = min((abs(float(np.log(ratio))), max(ratio, 1 / ratio)) for ratio in ratios)[1]
            return "different-scale", {"series": on, "factor": factor}
    return "", {}


def _ratio(a: float, b: float) -> float:
    """The quotient a / b; 1, which objects to nothing, where either is not positive."""
    return a / b if a > 0 and b > 0 else 1.0


def _headline(one: RunDiagnosis) -> str:
    return next((one.run.curves[phase] for phase in ("val", "test", "train") if phase in one.run.curves), "")


def _ranked(runs: Sequence[RunDiagnosis], on: str, group: Sequence[int]) -> Comparison:
    """Best first, by the best value that each run reached; `values` says by how much the first leads, in noise."""
    series = {index: runs[index].run.series[on].finite() for index in group}
    order = sorted(group, key=lambda index: -_best(series[index]))
    first, second = series[order[0]], series[order[1]]
    lead = _best(first) - _best(second)
    noise = max(difference_noise(first.value), difference_noise(second.value))
    return Comparison(
        ranked=tuple(order),
        on=on,
        values=MappingProxyType(
            {
                "best": first.role.direction * _best(first),
                "lead": lead,
                "noise": noise,
                "tie": int(lead <= noise),
                "left_out": len(runs) - len(group),
            }
        ),
    )


def _best(series: Series) -> float:
    """The best value, turned so that higher is better."""
    return float((series.role.direction * series.value).max())
