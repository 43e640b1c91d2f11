"""The targets of a data set, from a column of a CSV or TSV file or from an NPY array: shares of classes, or spread of numbers."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from .base import Setting, TargetStatistics
from .task import Unfit, named

NAMES = ("target", "targets", "label", "labels", "class", "y", "y_true", "truth", "category")
"""Headers that are taken for the target, where nobody names a column; else the last column is."""

MOST_CLASSES = 1000
FEW = 20
"""Different whole numbers, at most, that are taken for class ids where nobody tells."""


@dataclass(frozen=True, slots=True)
class Found:
    """Either the shares of classes (shape (classes,)), or the statistics of numbers."""

    priors: Float[np.ndarray, " classes"] | None = None
    classes: int | None = None
    target: TargetStatistics | None = None


def read_targets(
    path: str, column: str | None = None, *, regression: bool | None = None, noise_variance: float = 0.0
) -> tuple[str, Found]:
    """The name of the column that was read, and what stands in it. Raises `Unfit` for a file that holds no targets.

    `regression`: whether they are numbers; None lets the values decide (text, or few different whole numbers, are classes).
    """
    try:
        if Path(path).suffix.lower() == ".npy":
            return "", _of_array(np.load(path, allow_pickle=False), path, regression, noise_variance)
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError, EOFError) as error:
        if isinstance(error, Unfit):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Unfit("data-unreadable", file=path, why=why) from error
    name, cells = _column(text, path, column)
    return name, _of_cells(cells, path, regression, noise_variance)


def with_targets(
    setting: Setting, values: np.ndarray, loss: str | None, task: str | None, noise_variance: float
) -> Setting:
    """The setting with what the targets themselves say: shares or spread, as the loss or the task takes them."""
    return _settled(setting, _of_array(values, "targets", is_regression(loss, task), noise_variance))


def with_file(
    setting: Setting, path: str, column: str | None, loss: str | None, task: str | None, noise_variance: float
) -> tuple[Setting, str]:
    """The same from a file, and the name of the column that was read."""
    name, found = read_targets(path, column, regression=is_regression(loss, task), noise_variance=noise_variance)
    return _settled(setting, found), name


def is_regression(loss: str | None, task: str | None) -> bool | None:
    """Whether the targets are numbers; None where only they themselves can tell."""
    if loss is not None:
        one = named(loss)
        return one.family == "regression" or one.tasks == ("regression",)
    return None if task is None else task == "regression"


def _settled(setting: Setting, found: Found) -> Setting:
    if found.target is not None:
        return replace(setting, target=found.target)
    priors, classes = found.priors, found.classes
    if priors is not None and setting.classes is not None and priors.size < setting.classes:
        priors = np.pad(priors, (0, setting.classes - priors.size))  # classes that do not occur here
    return replace(setting, priors=priors, classes=setting.classes or classes)


def statistics(values: Float[np.ndarray, " n"], noise_variance: float = 0.0) -> TargetStatistics:
    """What the forms need of numbers; they must be finite and at least one."""
    return TargetStatistics(
        mean=float(values.mean()),
        variance=float(values.var()),
        mean_absolute_deviation=float(np.abs(values - np.median(values)).mean()),
        mean_absolute=float(np.abs(values).mean()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        noise_variance=noise_variance,
        values=values,
    )


def _column(text: str, path: str, wanted: str | None) -> tuple[str, list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))]
    if not rows:
        raise Unfit("data-unreadable", file=path, why="empty")
    header = [cell.strip() for cell in rows[0]]
    numbered = all(map(_is_number, header))  # no header: the first row is data
    names = [str(place) for place in range(len(header))] if numbered else header
    if wanted is None:
        likely = [place for place, name in enumerate(names) if name.lower() in NAMES]
        place = likely[0] if likely else len(names) - 1
    elif wanted in names:
        place = names.index(wanted)
    else:
        raise Unfit("no-such-column", file=path, name=wanted, known=", ".join(names[:20]))
    cells = [row[place].strip() for row in rows[0 if numbered else 1 :] if place < len(row)]
    return names[place], [cell for cell in cells if cell and cell.lower() not in {"nan", "na", "null", "none"}]


def _of_cells(cells: list[str], path: str, regression: bool | None, noise_variance: float) -> Found:
    if not cells:
        raise Unfit("data-unreadable", file=path, why="empty")
    if all(map(_is_number, cells)):
        return _of_array(np.array([float(cell) for cell in cells]), path, regression, noise_variance)
    if regression:
        odd = next(cell for cell in cells if not _is_number(cell))
        raise Unfit("data-unreadable", file=path, why=f"“{odd[:30]}”")
    return _of_counts(Counter(cells), path)


def _of_array(values: np.ndarray, path: str, regression: bool | None, noise_variance: float) -> Found:
    if values.dtype.kind in "US":
        return _of_counts(Counter(values.ravel().tolist()), path)
    if values.dtype.kind not in "biuf" or values.size == 0:
        raise Unfit("data-unreadable", file=path, why=str(values.dtype) if values.size else "empty")
    values = values.astype(np.float64)
    if values.ndim == 2 and values.shape[1] > 1 and regression is not True:
        if not ((values >= 0) & (values <= 1)).all():
            raise Unfit("data-unreadable", file=path, why=f"shape {values.shape}")
        return Found(priors=values.mean(axis=0), classes=int(values.shape[1]))
    values = values.ravel()
    values = values[~np.isnan(values)]
    if values.size == 0 or not np.isfinite(values).all():
        raise Unfit("data-unreadable", file=path, why="inf" if values.size else "NaN")
    whole = bool((values == np.round(values)).all())
    if regression is None:
        regression = not whole or np.unique(values).size > FEW
    if regression:
        return Found(target=statistics(values, noise_variance))
    if whole and values.min() >= 0 and values.max() < MOST_CLASSES:  # class ids: a class may be missing here
        counts = np.bincount(values.astype(np.int64), minlength=2)
        return Found(priors=counts / counts.sum(), classes=int(counts.size))
    return _of_counts(Counter(values.tolist()), path)


def _of_counts(counts: "Counter[str] | Counter[float]", path: str) -> Found:
    if not 2 <= len(counts) <= MOST_CLASSES:
        raise Unfit("data-unreadable", file=path, why=f"{len(counts)} classes")
    shares = np.array([counts[name] for name in sorted(counts)], dtype=np.float64)  # type: ignore[index]
    return Found(priors=shares / shares.sum(), classes=int(shares.size))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
