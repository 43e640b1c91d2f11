"""What the target is: numbers or classes, how many, in which order, and what the losses of the catalogue read for it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from ..evidence.records import Event
from ..losses.base import Setting
from ..losses.targets_file import FEW, statistics

MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """The targets as codes of classes (shape (rows,), −1 where one is missing), or as numbers (NaN where one is missing)."""

    name: str
    task: str  # "binary", "multiclass" or "regression"
    classes: tuple[str, ...]
    codes: Int[np.ndarray, " rows"] | None
    values: Float[np.ndarray, " rows"] | None

    @property
    def known(self) -> np.ndarray:
        """Which rows have a target, as a mask."""
        if self.codes is not None:
            return np.asarray(self.codes >= 0)
        assert self.values is not None
        return np.asarray(np.isfinite(self.values))

    @property
    def counts(self) -> Int[np.ndarray, " classes"]:
        """Rows of each class; empty for numbers."""
        if self.codes is None:
            return np.zeros(0, dtype=np.int64)
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.classes))

    def setting(self) -> Setting:
        """What the losses of the catalogue take: shares of classes, or spread."""
        if self.codes is not None:
            shares = self.counts / max(1, self.counts.sum())
            return Setting(classes=max(2, len(self.classes)), priors=shares if shares.size >= 2 else None)
        assert self.values is not None
        return Setting(target=statistics(self.values[np.isfinite(self.values)]))


def target_of(labels: np.ndarray, name: str, task: str | None = None, names: tuple[str, ...] = ()) -> Target | None:
    """What the labels are: text and few different whole numbers are classes, other numbers are numbers, unless `task` tells.

    `names`: what class ids 0, 1 … are called. None where every label is missing, or where they are as many texts as nothing learns.
    """
    if labels.dtype.kind == "f":
        finite = labels[np.isfinite(labels)]
        if finite.size == 0:
            return None
        distinct = np.unique(finite)
        whole = bool((distinct == np.round(distinct)).all())
        if task == "regression" or (task is None and (not whole or distinct.size > FEW)):
            return Target(name, "regression", (), None, labels)
        if distinct.size > MOST_CLASSES:
            return Target(name, "regression", (), None, labels) if task is None else None
        codes = np.where(
            np.isfinite(labels), np.searchsorted(distinct, np.where(np.isfinite(labels), labels, distinct[0])), -1
        )
        called = tuple(
            names[int(value)] if whole and 0 <= value < len(names) else f"{value:.12g}" for value in distinct.tolist()
        )
        return Target(name, _task(len(called)), called, codes.astype(np.int64), None)
    said = Counter(label for label in labels.tolist() if label is not None)
    if not said or len(said) > MOST_CLASSES:
        return None
    called = tuple(sorted(said))
    places = {label: place for place, label in enumerate(called)}
    codes = np.array([places.get(label, -1) for label in labels.tolist()], dtype=np.int64)
    return Target(name, _task(len(called)), called, codes, None)


def _task(classes: int) -> str:
    return "binary" if classes <= 2 else "multiclass"


def describe_target(target: Target, split: str, rows: int) -> Event:
    """The event `target`."""
    known = target.known
    data: dict[str, object] = {
        "split": split,
        "name": target.name,
        "task": target.task,
        "rows": rows,
        "missing": float(1 - known.mean()) if known.size else 1.0,
        "first_missing": int(np.flatnonzero(~known)[0]) if not known.all() else -1,
        "distinct": len(target.classes),
    }
    if target.codes is not None:
        counts = target.counts
        data |= {"classes": target.classes, "counts": tuple(counts.tolist())}
    else:
        assert target.values is not None
        values = target.values[known]
        quantiles = np.quantile(values, [0.01, 0.25, 0.5, 0.75, 0.99]).tolist()
        data |= {
            "distinct": int(np.unique(values).size),
            "mean": float(values.mean()),
            "std": float(values.std()),
            "low": float(values.min()),
            "high": float(values.max()),
            "quantiles": tuple(quantiles),
        }
    return Event("target", data=data)  # type: ignore[arg-type]


def order_of(target: Target) -> Event | None:
    """The event `labels`, as a watched run tells it: how the targets follow one another, and how shuffled ones would."""
    known = target.known
    if int(known.sum()) < 2:
        return None
    if target.codes is not None:
        codes = target.codes[known]
        shares = np.bincount(codes) / codes.size
        changes = float(np.mean(codes[1:] != codes[:-1]))
        return Event(
            "labels",
            data={
                "samples": int(codes.size),
                "classes": len(target.classes),
                "shares": tuple(shares.tolist()),
                "changes": changes,
                "changes_expected": float(1 - (shares**2).sum()),
                "monotone": max(float(np.mean(codes[1:] >= codes[:-1])), float(np.mean(codes[1:] <= codes[:-1]))),
            },
        )
    assert target.values is not None
    values = target.values[known]
    return Event(
        "labels",
        data={
            "samples": int(values.size),
            "classes": 0,
            "monotone": max(float(np.mean(values[1:] >= values[:-1])), float(np.mean(values[1:] <= values[:-1]))),
            "distinct": int(np.unique(values).size),
        },
    )
