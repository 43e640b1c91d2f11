"""Where a run's loss stands on its own scale, if the task and the loss are told or can be seen from the log.

What is concluded from names is in `inferred`; a loss that is not known is not judged, and an inferred one that the values
contradict is not either.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from types import MappingProxyType

import numpy as np

from ..evidence.names import Kind
from ..evidence.run import Run, Series
from ..losses.base import Setting
from ..losses.judge import Judgement, judge
from ..losses.task import TASKS, Unfit, named
from ..rules.base import Value
from .diagnosis import Reading

NAMED = (
    ("detection-composite", "detection", r"\bbox(?: om| loss)?\b.*\bdfl\b|\bdfl\b.*\bbox\b"),
    ("bce-with-logits", "binary", r"\bbce\b|binary cross ?entropy|(?<!m)logloss\b|binary logloss"),
    ("cross-entropy", "multiclass", r"cross ?entropy|\bxent\b|\bmlogloss\b|multi ?logloss|\bce loss\b"),
    ("rmse", "regression", r"\brmse\b|root mean squared"),
    ("mse", "regression", r"\bmse\b|mean squared error|squared error|\bl2\b"),
    ("mae", "regression", r"\bmae\b|mean absolute error|\bl1\b"),
    ("huber", "regression", r"\bhuber\b"),
    ("dice", "segmentation", r"\bdice ?loss\b"),
)
"""Losses by what their series are called: (loss, task, pattern over the name in lower case, its marks as blanks)."""

TEXT = re.compile(
    r"\bperplexity\b|\bppl\b|bits per (?:byte|character)|\bbpb\b|\btokens? seen\b|\bnum(?: input)? tokens\b"
)
ADVERSARIAL = re.compile(r"\b(?:generator|discriminator|critic)\b|\b[gd] loss\b|\bloss [gd]\b")
CLASSIFIES = re.compile(r"\bacc(?:uracy)?\b|\btop ?[15]\b|\bf1\b|\bauroc\b|\bauc\b")


def judged(run: Run, reading: Reading, inferred: Mapping[str, Value]) -> tuple[Judgement | None, Mapping[str, Value]]:
    """The judgement of the last finite value of the verdict's loss, and what was concluded: the task, where nobody told."""
    curve = _loss_curve(run, reading)
    task, loss, seen = _task_and_loss(run, curve, inferred)
    concluded: Mapping[str, Value] = MappingProxyType({"task": task} if task is not None and seen else {})
    if curve is None or task is None:
        return None, concluded
    finite = curve.value[np.isfinite(curve.value)]
    value = float(finite[-1]) if finite.size else float("nan")
    try:
        found = judge(value, loss, task=task, setting=_setting(run, task, inferred))
    except Unfit:
        return None, concluded
    if not isfinite(value) or (found.start is None and found.baseline is None):
        return None, concluded
    if seen and found.place == "impossible":
        return None, concluded
    told: dict[str, str | float | int] = {"task": task, "loss": found.loss} if seen else {}
    if "classes" not in run.facts and "classes" in inferred:
        told["classes"] = inferred["classes"]
    return replace(found, inferred=MappingProxyType({**found.inferred, **told})), concluded


def _loss_curve(run: Run, reading: Reading) -> Series | None:
    """The loss that the verdict rests on, else the one of validation, else of training."""
    names: tuple[str | None, ...] = (reading.curve, *(run.curves.get(phase) for phase in ("val", "train", "test")))
    for name in names:
        series = run.series.get(name) if name is not None else None
        if series is not None and series.role.kind is Kind.LOSS and len(series):
            return series
    return None


def _task_and_loss(
    run: Run, curve: Series | None, inferred: Mapping[str, Value]
) -> tuple[str | None, str | None, bool]:
    """The task, the loss (None: the usual one of the task), and whether they were concluded rather than told."""
    told, told_loss = run.facts.get("task"), run.facts.get("loss")
    loss = _known(told_loss)
    if isinstance(told, str) and told in TASKS:
        return told, loss or _loss_by_name(curve, told), False
    if loss is not None:
        return named(loss).tasks[0], loss, True
    if any(series.role.kind is Kind.REWARD for series in run.series.values()):
        return "rl", None, True
    names = [_plain(series.raw) for series in run.series.values()]
    everything = " ".join(names)
    parts = " ".join(_plain(s.name) for s in run.series.values() if s.role.kind is Kind.LOSS_PART)
    if re.search(NAMED[0][2], parts):
        return "detection", "detection-composite", True
    if ADVERSARIAL.search(everything):
        return "generative", "gan-bce", True
    if curve is not None:
        for one, task, pattern in NAMED[1:]:
            if re.search(pattern, _plain(curve.raw)):
                return task, one, True
    if TEXT.search(everything):
        return "language-model", None, True
    classes = _classes(run, inferred)
    if classes is not None and CLASSIFIES.search(everything):
        return "multiclass", "cross-entropy", True
    return None, None, False


def _loss_by_name(curve: Series | None, task: str) -> str | None:
    """The loss of the task that the series is named after."""
    if curve is None:
        return None
    return next((one for one, of, pattern in NAMED if of == task and re.search(pattern, _plain(curve.raw))), None)


def _setting(run: Run, task: str, inferred: Mapping[str, Value]) -> Setting:
    priors = run.facts.get("priors")
    shares = np.array([float(share) for share in priors.split(",")]) if isinstance(priors, str) and priors else None
    classes = _classes(run, inferred)
    if task == "binary" and classes not in {None, 2}:
        classes = None
    if task in {"regression", "rl", "generative", "embedding", "segmentation"}:
        classes = None
    return Setting(
        classes=classes, priors=shares if classes is None or shares is None or shares.size == classes else None
    )


def _classes(run: Run, inferred: Mapping[str, Value]) -> int | None:
    classes = run.facts.get("classes", inferred.get("classes"))
    return classes if isinstance(classes, int) and not isinstance(classes, bool) and classes >= 2 else None


def _known(name: object) -> str | None:
    """The id of a loss that the log names, None where it is none of ours."""
    if not isinstance(name, str):
        return None
    try:
        return named(name).id
    except Unfit:
        return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower())
