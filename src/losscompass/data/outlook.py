"""What the target allows: what every sensible loss reads for a guess and at best, and what trivial guesses score."""

from collections.abc import Iterator

import numpy as np

from ..evidence.records import Event
from ..losses.guess import constant_guess
from ..losses.task import Unfit, named
from .target import Target

LOSSES = {
    "binary": ("bce-with-logits", "focal", "hinge"),
    "multiclass": ("cross-entropy", "focal", "multi-margin"),
    "regression": ("mse", "rmse", "mae", "huber"),
}
"""The losses that are worth a thought for a task, the usual one first."""

METRICS = {
    "binary": ("accuracy", "f1", "roc-auc", "pr-auc"),
    "multiclass": ("accuracy", "f1"),
    "regression": ("r2",),
}


def outlook(target: Target, noise: float | None) -> Iterator[Event]:
    """The event `outlook`. `noise`: share of wrong labels, or the variance that no model explained; None where nobody looked."""
    if int(target.known.sum()) < 2 or (target.codes is not None and len(target.classes) < 2):
        return
    setting = target.setting()
    losses: list[str] = []
    starts: list[float] = []
    baselines: list[float] = []
    floors: list[float] = []
    for name in LOSSES[target.task]:
        try:
            loss = named(name)
            with np.errstate(all="ignore"):
                readings = loss.readings(loss, setting)
        except (Unfit, ValueError, ZeroDivisionError):
            continue
        losses.append(loss.id)
        for into, value in ((starts, readings.start), (baselines, readings.baseline), (floors, readings.floor)):
            into.append(float("nan") if value is None else float(value))
    scores = [constant_guess(metric, target.task, setting) for metric in METRICS[target.task]]
    data: dict[str, object] = {
        "task": target.task,
        "losses": tuple(losses),
        "starts": tuple(starts),
        "baselines": tuple(baselines),
        "floors": tuple(floors),
        "metrics": METRICS[target.task],
        "guesses": tuple(float("nan") if score is None else float(score) for score in scores),
        "noise": float("nan") if noise is None else noise,
    }
    if target.codes is not None:
        shares = target.counts / max(1, target.counts.sum())
        data |= {
            "majority": float(shares.max()),
            "random": float((shares**2).sum()),
            "even": 1 / len(target.classes),
            "classes": len(target.classes),
        }
    yield Event("outlook", data=data)  # type: ignore[arg-type]
