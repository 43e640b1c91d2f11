"""What Python users call. The command line calls the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from .diagnose.diagnosis import Diagnosis
from .diagnose.engine import Options, diagnose
from .evidence.build import build
from .evidence.gathered import Gathered
from .losses.base import Reduction, Setting
from .losses.judge import Judgement
from .losses.judge import judge as _judge
from .losses.targets_file import with_targets
from .readers.base import Progress
from .readers.discover import gather
from .report.formats import render as _render
from .text.catalogue import catalogue
from .text.language import choose

if TYPE_CHECKING:
    from .losses.choose import Choice

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]


class Report(Diagnosis):
    """A `Diagnosis` that shows itself: the page in a notebook, the verdict in a Python prompt."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from .report.notebook import framed

        return framed(render(self, "html"), "losscompass")

    def __str__(self) -> str:
        return render(self, "terminal")

    def __repr__(self) -> str:
        verdicts = [f"{one.run.source}: {', '.join(one.reading.labels)}" for one in self.runs[:5]]
        more = [f"… {len(self.runs) - 5} more"] if len(self.runs) > 5 else []
        unreadable = [f"{one.source}: {one.reason}" for one in self.unreadable[:5]]
        return f"<losscompass.Report of {len(self.runs)} run(s): {'; '.join(verdicts + more + unreadable)}>"


def read(paths: Paths, options: Options | None = None, *, progress: Progress | None = None) -> Report:
    """Read logs and say what their curves do.

    `paths`: a file, a folder, or several of them; a folder gives every run in it. What cannot be read is in
    `Report.unreadable`, never an exception. `progress` is called with (path, bytes done, bytes in all).
    """
    listed: Sequence[str | PathLike[str]] = [paths] if isinstance(paths, str | PathLike) else list(paths)
    gathered = gather([str(path) if isinstance(path, str) else path for path in listed], progress)  # type: ignore[misc]
    diagnosis = diagnose(gathered, options or Options())
    return Report(**{field.name: getattr(diagnosis, field.name) for field in fields(Diagnosis)})


def audit(
    train: Any,
    validation: Any = None,
    *,
    target: str | None = None,
    group: str | None = None,
    time: str | None = None,
    task: str | None = None,
    options: Options | None = None,
) -> Report:
    """Say what is wrong with a data set, which rows, and what to do first. Needs the extra `data`.

    `train`, `validation`: a path (CSV, Parquet, Arrow, NPY, NPZ, a Hugging Face data set or a folder of images), a pair
    (X, y), a polars or pandas frame, a scikit-learn bunch, or a torch Dataset or DataLoader. `target`, `group`, `time`: columns.
    Raises `losscompass.data.errors.DataError` (a ValueError) for what is no data set.
    """
    from .data.audit import audit as records

    name = str(train) if isinstance(train, str | PathLike) else type(train).__name__
    found = build(records(train, validation, target=target, group=group, time=time, task=task), name)
    diagnosis = diagnose(Gathered(runs=found), options or Options())
    return Report(**{field.name: getattr(diagnosis, field.name) for field in fields(Diagnosis)})


class Verdict(Judgement):
    """A `Judgement` that shows itself: the gauge in a notebook or a Python prompt."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from .report.judgement import render as shown
        from .report.notebook import framed

        return framed(shown(self, "html", catalogue(choose(None))), "losscompass", height=460)

    def __str__(self) -> str:
        from .report.judgement import render as shown

        return shown(self, "terminal", catalogue(choose(None)))


def judge(
    value: float,
    loss: str | None = None,
    *,
    task: str | None = None,
    classes: int | None = None,
    priors: Sequence[float] | None = None,
    targets: Sequence[float] | Sequence[str] | None = None,
    weights: Sequence[float] | None = None,
    positive_weight: float = 1.0,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
    count: int | None = None,
    noise_variance: float = 0.0,
    unit: str = "",
    target: float | tuple[str, float] | None = None,
    metrics: Mapping[str, float] | None = None,
    **parameters: float,
) -> Verdict:
    """Where the value of a loss stands between an untrained network, the best constant guess and the floor.

    `loss`: any name of the catalogue, or give the `task` alone. `targets`: the targets themselves (numbers or class ids), from
    which shares or spread are taken. `target`: a goal for the loss, or (name of a metric, value). Other keywords are parameters
    of the loss (margin, delta …). Raises ValueError, with one clear id, for what cannot be meant.
    """
    setting = Setting(
        classes=classes,
        priors=None if priors is None else np.asarray(priors, dtype=np.float64),
        weights=None if weights is None else np.asarray(weights, dtype=np.float64),
        positive_weight=positive_weight,
        smoothing=label_smoothing,
        reduction=reduction,
        count=count,
        parameters=parameters,
    )
    if targets is not None:
        setting = with_targets(setting, np.asarray(targets), loss, task, noise_variance)
    goal = target if isinstance(target, tuple) or target is None else ("loss", float(target))
    judged = _judge(float(value), loss, task=task, setting=setting, unit=unit, target=goal, metrics=metrics)
    return Verdict(**{field.name: getattr(judged, field.name) for field in fields(Judgement)})


def choose_loss(
    task: str,
    *,
    target_type: str | None = None,
    output: str | None = None,
    outliers: bool = False,
    imbalance: bool = False,
    framework: str = "torch",
) -> "Choice":
    """Which loss to take, why, and how to call it. Raises ValueError for what is not known."""
    from .losses.choose import choose as chosen

    return chosen(
        task, target_type=target_type, output=output, outliers=outliers, imbalance=imbalance, framework=framework
    )


def render(diagnosis: Diagnosis, format: str = "terminal", lang: str | None = None) -> str:  # noqa: A002
    """The diagnosis as text in one of `report.FORMATS`, in English or Japanese (default: the system's language)."""
    return _render(diagnosis, format, choose(lang))
