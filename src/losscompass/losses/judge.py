"""From a bare value to a place: between "has learned nothing" and "cannot get better".

The scale is the loss's own: what an untrained network reads, what the best constant guess reads, what nothing can go below.
Holds no words: places, rules of thumb and faults are ids of the text catalogue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, isclose, isfinite, log, log2, sqrt
from types import MappingProxyType
from typing import Literal

import numpy as np

from .base import Loss, NamedFault, Setting
from .task import TASKS, loss_of, settled

Place = Literal[
    "not-finite",
    "says-nothing",
    "impossible",
    "no-scale",
    "at-floor",
    "below-baseline",
    "below-start",
    "at-baseline",
    "at-start",
    "above-baseline",
    "above-start",
]

DIGITS = 5e-4
"""Relative: two numbers that are the same as far as four printed digits tell."""

NEAR = 0.02
"""Share of a reading within which a value is "at" it: the same as in calibration/chance-level-start.json, below ln K."""

CLAMPS = (1e-7, 1e-8, 1e-12, 1e-15, float(np.finfo(np.float32).tiny))
"""What libraries keep a probability above before they take its logarithm; −ln of it is all that a wrong answer can read."""

TORCH_CLAMP = 100.0
"""torch's BCELoss keeps the logarithm itself above −100."""

LOGARITHMIC = frozenset(("bce", "bce-with-logits", "cross-entropy", "nll", "language-model"))
"""Losses that are the mean surprise at the truth: exp(−value) is the geometric mean of the probability given to it."""

COUNTED = frozenset(("cross-entropy", "nll", "language-model"))
"""Of these, those with several classes: exp(value) is the number of equally likely ones that would be as hard to tell."""


@dataclass(frozen=True, slots=True)
class Named:
    """A fault that the number names by itself."""

    cause: str
    value: float  # the number it is known by, in this setting
    benign: bool = False  # it may also be right


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric to read beside the loss. `guess`: what a constant guess scores in it, None where nobody can say."""

    name: str
    direction: int  # +1: higher is better
    guess: float | None = None
    value: float | None = None  # as the user gave it


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of the user (a KPI) and whether it is met; `met` is None where the metric's value was not given."""

    name: str  # "loss", or a metric
    value: float
    direction: int
    seen: float | None
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Where a value stands. `share`: of the way from the start to the floor; `gain`: of the way from the best constant guess."""

    loss: str
    task: str
    value: float
    place: Place
    start: float | None
    baseline: float | None
    floor: float | None
    share: float | None = None
    gain: float | None = None
    rule_of_thumb: str | None = None
    named_faults: tuple[Named, ...] = ()
    mistakes: tuple[str, ...] = ()  # what makes an impossible value
    metrics: tuple[Metric, ...] = ()
    goal: Goal | None = None
    equivalents: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # perplexity, bits, rmse …
    notes: tuple[str, ...] = ()
    inferred: Mapping[str, str | float | int] = field(default_factory=lambda: MappingProxyType({}))
    setting: Setting = field(default_factory=Setting)
    unit: str = ""


def judge(
    value: float,
    loss: Loss | str | None = None,
    *,
    task: str | None = None,
    setting: Setting | None = None,
    unit: str = "",
    target: tuple[str, float] | None = None,
    metrics: Mapping[str, float] | None = None,
) -> Judgement:
    """Where a value of a loss stands.

    `loss`: a loss or any name of it; `task` alone takes the usual loss of the task and says so in `inferred`. `target`: a
    goal, ("loss", 0.3) or (name of a metric, value). `metrics`: values of metrics, to be set against a constant guess.
    Raises `Unfit` (a ValueError) for what cannot be meant.
    """
    inferred: dict[str, str | float | int] = {}
    chosen, task = loss_of(loss, task, setting or Setting(), inferred)
    setting = settled(chosen, task, setting or Setting(), inferred)
    with np.errstate(all="ignore"):
        readings = chosen.readings(chosen, setting)
    start, baseline, floor = (
        None if x is None else float(x) for x in (readings.start, readings.baseline, readings.floor)
    )
    place = _place(value, chosen, start, baseline, floor, hard=ASSUMED_FLOOR.isdisjoint(readings.notes))
    judged = Judgement(
        loss=chosen.id,
        task=task,
        value=value,
        place=place,
        start=start,
        baseline=baseline,
        floor=floor,
        notes=readings.notes,
        inferred=MappingProxyType(inferred),
        setting=setting,
        unit=unit,
        metrics=_metrics(chosen, task, setting, metrics or {}),
    )
    judged = replace(judged, goal=_goal(judged, chosen, target) if target else None)
    if place in {"not-finite", "says-nothing"}:
        return replace(judged, named_faults=_faults(value, chosen, setting, start))
    if place == "impossible":
        return replace(judged, mistakes=_mistakes(chosen, setting), named_faults=_faults(value, chosen, setting, start))
    return replace(
        judged,
        share=way(value, start, floor),
        gain=way(value, baseline, floor),
        rule_of_thumb=_rule_of_thumb(value, chosen, task, setting, baseline),
        named_faults=_faults(value, chosen, setting, start),
        equivalents=MappingProxyType(_equivalents(value, chosen, setting)),
    )


def way(value: float, top: float | None, floor: float | None) -> float | None:
    """The share of the way from `top` down to the floor that is gone; below 0 where it goes the other way."""
    if top is None or floor is None or not top > floor:
        return None
    return (top - value) / (top - floor)


ASSUMED_FLOOR = frozenset({"evenly-spread-targets", "independent-values", "normal-noise"})
"""Notes of a floor that rests on what the data are taken for: a value below it is no proof of a mistake."""


def _place(
    value: float, loss: Loss, start: float | None, baseline: float | None, floor: float | None, *, hard: bool
) -> Place:
    if not isfinite(value):
        return "not-finite"
    if loss.direction == 0:
        return "says-nothing"
    least = floor if floor is None or hard else min(floor, 0.0)
    if least is not None and value < least - max(DIGITS * abs(least), 1e-6):
        return "impossible"
    if start is None and baseline is None:
        return "no-scale"
    top = baseline if baseline is not None else start
    assert top is not None
    if floor is not None and top > floor and value - floor <= (NEAR if floor else DIGITS) * (top - floor):
        return (
            "at-floor"  # a floor above 0 is noise, which no two batches share; towards 0 there is always some way left
        )
    if baseline is None:
        return "at-start" if _at(value, top, floor) else "below-start" if value < top else "above-start"
    if start is not None and isclose(value, start, rel_tol=DIGITS):
        return "at-start"
    if _at(value, baseline, floor):
        return "at-baseline"
    if value < baseline:
        return "below-baseline"
    if start is not None and start > baseline:
        return "at-start" if _at(value, start, floor) else "above-baseline" if value < start else "above-start"
    return "above-baseline"


def _at(value: float, reading: float, floor: float | None) -> bool:
    """Whether a value is the reading, but for the noise of a batch."""
    return abs(value - reading) <= NEAR * abs(reading - (floor or 0.0))


# -- what the number names -------------------------------------------------------------------------------------------------


def _faults(value: float, loss: Loss, setting: Setting, start: float | None) -> tuple[Named, ...]:
    if not isfinite(value):
        return (Named("non-finite-loss", value),)
    named = [_named(value, fault, setting) for fault in loss.faults]
    if loss.id in LOGARITHMIC:
        clamps = [TORCH_CLAMP] if loss.id == "bce" else []
        named += [
            Named("clamped-loss", clamp) for clamp in (*(-log(p) for p in CLAMPS), *clamps) if _same(value, clamp)
        ]
    if start is not None and start > 0 and loss.direction and loss.family == "classification":
        if _same(value, start):
            named.append(Named("chance-level-loss", start, benign=True))
        batch = 2 ** round(log2(value / start)) if value > 0 else 0
        if batch >= 8 and setting.reduction == "mean" and _same(value, batch * start):
            named.append(Named("loss-reduction-wrong", batch * start, benign=True))
    unique = {one.cause: one for one in reversed([one for one in named if one is not None])}
    return tuple(reversed(unique.values()))


def _named(value: float, fault: NamedFault, setting: Setting) -> Named | None:
    known = fault.value(setting)
    if known is None or not isclose(value, known, rel_tol=fault.tolerance, abs_tol=1e-9):
        return None
    return Named(fault.cause, float(known), fault.benign)


def _same(value: float, known: float) -> bool:
    return isclose(value, known, rel_tol=DIGITS)


def _mistakes(loss: Loss, setting: Setting) -> tuple[str, ...]:
    """What makes a value that the loss cannot have: ids, the likeliest first."""
    mistakes = {
        "bce-with-logits": ("labels-outside-0-1",),
        "bce": ("labels-outside-0-1",),
        "nll": ("probabilities-for-log-probabilities", "logits-for-log-probabilities"),
        "kl-divergence": ("probabilities-for-log-probabilities",),
        "cross-entropy": ("targets-not-a-distribution",),
        "language-model": ("targets-not-a-distribution",),
        "focal": ("labels-outside-0-1",),
    }.get(loss.id, ())
    family = {
        "segmentation": ("logits-for-probabilities", "masks-outside-0-1"),
        "detection": ("boxes-inverted",),
        "regression": ("noise-overestimated",)
        if setting.target and setting.target.noise_variance
        else ("sign-flipped",),
    }.get(loss.family, ())
    smoothing = ("smoothing-not-applied",) if setting.smoothing else ()
    other = ("other-loss-or-reduction",)
    return (*smoothing, *mistakes, *family, *other)


# -- other ways to say it ---------------------------------------------------------------------------------------------------


def _rule_of_thumb(value: float, loss: Loss, task: str, setting: Setting, baseline: float | None) -> str | None:
    """The rule that people go by. Its numbers are custom, not measurement, and are shown as such."""
    if setting.reduction != "mean":
        return None
    plain = setting.smoothing == 0 and setting.weights is None and setting.positive_weight == 1
    if loss.family == "regression":
        return {"mae": "regression-mae", "rmse": "regression-rmse", "mse": "regression-mse"}.get(loss.id)
    if not plain or loss.id not in LOGARITHMIC - {"language-model"}:
        return None
    if task in {"binary", "multilabel"}:
        rule = "binary-very-good" if value < 0.2 else "binary-good" if value <= 0.4 else "binary-weak"
    else:
        steps = ((0.2, "multiclass-very-strong"), (0.5, "multiclass-strong"), (1.0, "multiclass-fair"))
        rule = next((name for top, name in steps if value <= top), "multiclass-weak")
    praises = not rule.endswith("weak")
    if praises and baseline is not None and value > 0.9 * baseline:
        return "misleads-here"  # the guess itself would be praised
    return rule


def _equivalents(value: float, loss: Loss, setting: Setting) -> dict[str, float]:
    """The same value in words that say more: perplexity, bits, the probability given to the truth, an error in units."""
    plain = setting.smoothing == 0 and setting.weights is None and setting.positive_weight == 1
    if setting.reduction != "mean":
        return {}
    said: dict[str, float] = {}
    if loss.id in LOGARITHMIC and plain and 0 <= value < 700:
        if loss.id in COUNTED:
            said |= {"perplexity": exp(value), "bits": value / log(2)}
        said["probability"] = exp(-value)
    target = setting.target
    if loss.id in {"mse", "rmse"} and value >= 0:
        squared = value if loss.id == "mse" else value * value
        said["rmse"] = sqrt(squared)
        if target is not None and target.variance > 0:
            said["r2"] = 1 - squared / target.variance
    if loss.family == "regression" and target is not None and target.maximum > target.minimum:
        error = {"mse": said.get("rmse"), "rmse": value, "mae": value}.get(loss.id)
        if error is not None:
            said["share-of-range"] = error / (target.maximum - target.minimum)
    return said


# -- metrics and goals ------------------------------------------------------------------------------------------------------


def _metrics(loss: Loss, task: str, setting: Setting, given: Mapping[str, float]) -> tuple[Metric, ...]:
    """What to read beside the loss, and what a constant guess scores there; first what the user gave."""
    from .guess import constant_guess, direction

    trap = ("accuracy",) if task in {"binary", "multiclass"} and loss.family == "classification" else ()
    wanted: Sequence[str] = tuple(dict.fromkeys((*given, *trap, *loss.metrics)))
    return tuple(Metric(name, direction(name), constant_guess(name, task, setting), given.get(name)) for name in wanted)


def _goal(judged: Judgement, loss: Loss, target: tuple[str, float]) -> Goal:
    from .guess import direction

    name, goal = target
    if name.lower() in {"loss", "value", loss.id, *(alias.lower() for alias in loss.aliases)}:
        name, sign = "loss", loss.direction
        seen: float | None = judged.value
    else:
        sign = direction(name)
        seen = next((one.value for one in judged.metrics if one.name == name and one.value is not None), None)
    met = None if seen is None or sign == 0 else bool(seen * sign >= goal * sign)
    return Goal(name, goal, sign, seen, met)


__all__ = ["TASKS", "Goal", "Judgement", "Metric", "Named", "judge", "way"]
