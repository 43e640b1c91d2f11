"""From what a user tells (a loss, a task, classes, shares) to the loss and the setting it is judged in.

Whatever is taken without being told is written into `inferred`, so that a report can say so.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from types import MappingProxyType

import numpy as np

from .base import Loss, Setting

TASKS: Mapping[str, str] = MappingProxyType(
    {
        "binary": "bce-with-logits",
        "multiclass": "cross-entropy",
        "multilabel": "bce-with-logits",
        "regression": "mse",
        "segmentation": "dice",
        "detection": "detection-composite",
        "embedding": "triplet",
        "language-model": "language-model",
        "generative": "diffusion-epsilon",
        "rl": "policy-gradient",
    }
)
"""What `--task` takes, with the loss that is usual for it."""

BALANCED = frozenset(("binary", "multiclass", "multilabel"))
"""Tasks whose classes are taken as equally frequent where nobody gives their shares."""

SUM = 1e-3
"""How far from 1 shares may add up: three printed digits each."""


class Unfit(ValueError):  # noqa: N818 - what it says of the input
    """What was given cannot be meant. `key` and `values`: an id of the text catalogue (`error.judge.<key>`) and what it names."""

    def __init__(self, key: str, **values: str | float) -> None:
        super().__init__(f"{key}: {', '.join(f'{k} = {v}' for k, v in values.items())}" if values else key)
        self.key = key
        self.values = values


def loss_of(
    loss: Loss | str | None, task: str | None, setting: Setting, inferred: dict[str, str | float | int]
) -> tuple[Loss, str]:
    """The loss and the task, each from the other where one is not told."""
    task = _known_task(task)
    if isinstance(loss, str):
        loss = named(loss)
    if loss is None and task is None:
        task = _task_of(setting)
        if task is None:
            raise Unfit("nothing-told", tasks=", ".join(TASKS))
        inferred["task"] = task
    if loss is None:
        assert task is not None
        loss = _usual(task)
        inferred["loss"] = loss.id
    if task is None:
        task = _task_for(loss, setting)
        inferred["task"] = task
    return loss, task


def named(name: str) -> Loss:
    """The loss of a name or an alias. Raises Unfit, naming what is close."""
    from .all import close, find

    found = find(name)
    if found is None:
        if alike := close(name):
            raise Unfit("no-such-loss-close", name=name, close=", ".join(alike))
        raise Unfit("no-such-loss", name=name)
    return found


def for_task(task: str) -> tuple[Loss, ...]:
    """Every loss of a task, the usual one first."""
    from .all import ALL

    return tuple(sorted((one for one in ALL if task in one.tasks), key=lambda one: one.id != TASKS.get(task)))


def settled(loss: Loss, task: str, setting: Setting, inferred: dict[str, str | float | int]) -> Setting:
    """The setting, checked, with what can be taken for granted filled in. Raises Unfit."""
    _check(loss, task, setting)
    single = task == "binary" and "multiclass" not in loss.tasks  # one output: the share of positives
    classes = setting.classes
    if classes is None and setting.priors is not None and not single:
        classes = 2 if task == "binary" else int(setting.priors.size)
        inferred["classes"] = classes
    elif classes is None and task == "binary":
        classes = 2
    priors = setting.priors
    if priors is not None and single and priors.size == 2:
        priors = priors[1:]  # given as the shares of class 0 and class 1
    elif priors is not None and task in {"binary", "multiclass"} and not single and priors.size == 1:
        priors = np.array([1 - priors[0], priors[0]])
    if priors is None and task in BALANCED and classes is not None and loss.family == "classification":
        priors = np.array([0.5]) if single else np.full(classes, 0.5 if task == "multilabel" else 1 / classes)
        inferred["priors"] = "balanced"
    elif priors is None and task == "multilabel" and loss.family == "classification":
        priors = np.array([0.5])
        inferred["priors"] = "balanced"
    return replace(setting, classes=classes, priors=priors)


def _check(loss: Loss, task: str, setting: Setting) -> None:
    classes, priors, weights = setting.classes, setting.priors, setting.weights
    if classes is not None and classes < 2:
        raise Unfit("classes-too-few", classes=classes)
    if task == "binary" and classes is not None and classes != 2:
        raise Unfit("binary-has-two", classes=classes)
    if priors is not None:
        _check_priors(task, classes, np.asarray(priors, dtype=np.float64))
    if weights is not None:
        if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
            raise Unfit("weights-bad")
        known = classes or (None if priors is None or priors.size == 1 else int(priors.size))
        if known is not None and weights.size != known:
            raise Unfit("weights-count", weights=int(weights.size), classes=known)
    if not 0 <= setting.smoothing < 1:
        raise Unfit("smoothing-range", smoothing=setting.smoothing)
    if not (isfinite(setting.positive_weight) and setting.positive_weight > 0):
        raise Unfit("positive-weight-range", weight=setting.positive_weight)
    if setting.reduction == "sum" and setting.count is None:
        raise Unfit("sum-needs-count")
    if setting.count is not None and setting.count < 1:
        raise Unfit("count-too-small", count=setting.count)
    takes = {one.name: one for one in loss.parameters}
    for name, value in setting.parameters.items():
        if name not in takes:
            raise Unfit("no-such-parameter", name=name, loss=loss.id, known=", ".join(takes) or "-")
        if not takes[name].low <= value <= takes[name].high:
            raise Unfit("parameter-range", name=name, low=takes[name].low, high=takes[name].high)


def _check_priors(task: str, classes: int | None, priors: np.ndarray) -> None:
    if priors.size == 0 or not np.isfinite(priors).all() or (priors < 0).any() or (priors > 1).any():
        raise Unfit("priors-range")
    if task not in {"multilabel", "segmentation"} and priors.size > 1 and abs(float(priors.sum()) - 1) > SUM:
        raise Unfit("priors-sum", sum=float(priors.sum()))
    if classes is not None and priors.size not in {1, classes}:
        raise Unfit("priors-count", priors=int(priors.size), classes=classes)
    if task == "multiclass" and priors.size == 1 and classes not in {None, 2}:
        raise Unfit("priors-count", priors=1, classes=classes or 0)


def _known_task(task: str | None) -> str | None:
    if task is None:
        return None
    name = task.strip().lower().replace("_", "-")
    name = {
        "multi-class": "multiclass",
        "multi-label": "multilabel",
        "reinforcement": "rl",
        "lm": "language-model",
    }.get(name, name)
    if name not in TASKS:
        raise Unfit("no-such-task", name=task, known=", ".join(TASKS))
    return name


def _usual(task: str) -> Loss:
    from .all import find

    found = find(TASKS[task]) or next(iter(for_task(task)), None)
    if found is None:
        raise Unfit("no-such-task", name=task, known=", ".join(TASKS))
    return found


def _task_of(setting: Setting) -> str | None:
    """The task, from the data alone."""
    if setting.target is not None:
        return "regression"
    classes = setting.classes
    if classes is None and setting.priors is not None:
        classes = max(2, int(setting.priors.size))
    return None if classes is None else "binary" if classes == 2 else "multiclass"


def _task_for(loss: Loss, setting: Setting) -> str:
    """The task that a loss is used for here."""
    if len(loss.tasks) == 1:
        return loss.tasks[0]
    classes = setting.classes or (0 if setting.priors is None else int(setting.priors.size))
    if classes > 2 and "multiclass" in loss.tasks:
        return "multiclass"
    if classes > 2 and "multilabel" in loss.tasks and "multiclass" not in loss.tasks:
        return "multilabel"
    return loss.tasks[0] if loss.tasks else "regression"
