"""What the headline curves do, in the fixed vocabulary, the most important first.

The rules have looked for what is wrong. What is left to say here: whether there was enough to look at, what the findings
add up to, and, where nothing is wrong, whether the curve has arrived or is still on its way.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from ..evidence.run import Run
from ..rules.all import ALL
from ..rules.base import Value
from ..signal.convergence import Progress, progress
from ..signal.curve import Curve, is_loss, read
from ..signal.headline import ENOUGH, headlines
from .diagnosis import Found, Reading

STEPS_ENOUGH = 8
"""Readings of a training curve that counts steps, below which nothing is said: seven steps are no run."""

CONFIDENCE: Mapping[str, float] = MappingProxyType(
    {"healthy-converged": 0.69, "too-short-to-say": 0.83, "plateau": 0.5}
)
"""Of the labels that no finding stands for: the measured share of the times that they were right. calibration/reading.json"""

LEARNED = 0.03
"""Share of the level that a loss has to have gained before its end is called convergence: what never fell has not converged."""

_LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType({rule.id: rule.labels for rule in ALL if rule.labels})
_ORDER = ("nan", "diverged", "underfitting-flat", "overfitting", "oscillating", "plateau", "still-improving")
"""Which finding names the run, where several do: what makes the rest meaningless comes first."""

_SOUND = frozenset(("healthy-converged", "still-improving", "plateau"))
"""Of a run that is sound but for a spike, the spike is what there is to say first."""

_BESIDE = ("nan", "diverged", "overfitting", "oscillating", "plateau", "spike-recovered", "val-below-train")
"""What may be said beside the first label, in this order."""


def read_curves(run: Run, found: Sequence[Found]) -> Reading:
    """The verdict on the curves of one run, given what the rules found in it."""
    lines = headlines(run)
    curve = lines.verdict
    said: dict[str, Found] = {}
    for finding in found:
        for label in _LABELS.get(finding.id, ()):
            said.setdefault(label, finding)
    if curve is None:
        first = "nan" if "nan" in said else "too-short-to-say"
        onset = said["nan"].onset if first == "nan" else None
        named = next(iter(run.curves.values()), None)
        axis = run.series[named].axis if named is not None and named in run.series else "step"
        return Reading(labels=(first,), confidence=0.9, onset=onset, axis=axis, curve=named, values={"points": 0})
    came = progress(curve.outline, spent=lines.spent)
    first, confidence = _first(said, curve, came)
    beside = tuple(label for label in _BESIDE if label in said and label != first)
    if first in _SOUND and "spike-recovered" in said and _stands_out(said["spike-recovered"], run):
        beside = (first, *(label for label in beside if label != "spike-recovered"))
        first, confidence = "spike-recovered", said["spike-recovered"].confidence
    if first == "too-short-to-say":
        beside = ()
    cause = said.get(first)
    shown = _shown(run, cause, curve)
    best = int(shown.value.argmin())
    return Reading(
        labels=(first, *beside),
        confidence=confidence,
        onset=cause.onset if cause is not None else float(shown.series.step[0]) if first == "plateau" else None,
        axis=shown.series.axis,
        curve=shown.series.name,
        first=float(shown.series.value[0]),
        best=float(shown.series.value[best]),
        best_at=float(shown.series.step[best]),
        last=float(shown.series.value[-1]),
        values=_values(came, curve),
    )


def _first(said: Mapping[str, Found], curve: Curve, came: Progress) -> tuple[str, float]:
    """The label that names the run, and how sure it is."""
    if "nan" in said and said["nan"].values.get("stays") == "yes":
        return "nan", said["nan"].confidence
    if _too_short(curve):
        return "too-short-to-say", CONFIDENCE["too-short-to-say"]
    for label in _ORDER[1:]:
        if label in said and (label != "plateau" or _lasts(said[label], curve)):
            return label, said[label].confidence
    moved = abs(came.start - came.end) > LEARNED * abs(came.end)
    first = "healthy-converged" if moved or not is_loss(curve.series) else "plateau"
    return first, CONFIDENCE[first]


def _lasts(plateau: Found, curve: Curve) -> bool:
    """Whether a plateau is where the run ends: one that was left again names nothing."""
    left = float(plateau.values.get("to", np.inf))
    first, last = float(curve.series.step[0]), float(curve.series.step[-1])
    return last - left <= 0.05 * (last - first)


def _stands_out(spike: Found, run: Run) -> bool:
    """Whether a spike is more than one bad batch: it lasted several readings, or shows in the mean of an epoch."""
    series = run.series.get(str(spike.values.get("series", "")))
    return float(spike.values.get("lasted", 0)) > 1 or (series is not None and series.axis == "epoch")


def _too_short(curve: Curve) -> bool:
    """Whether there are too few readings to tell a direction from chance."""
    points = len(curve.series)
    return points < (STEPS_ENOUGH if curve.series.axis != "epoch" and curve.series.role.phase == "train" else ENOUGH)


def _shown(run: Run, cause: Found | None, curve: Curve) -> Curve:
    """The curve that the first label speaks of: the one its finding exhibits, else the one the verdict rests on."""
    for exhibit in cause.exhibits if cause is not None else ():
        series = run.series.get(exhibit.series)
        if series is not None and bool(np.isfinite(series.value).any()):
            return read(series)
    return curve


def _values(came: Progress, curve: Curve) -> Mapping[str, Value]:
    """What the words of a verdict may use."""
    return MappingProxyType(
        {
            "gain": came.gain,
            "gain_share": came.share,
            "gain_relative": came.relative,
            "end": curve.logged(came.end),
            "points": len(curve.series),
        }
    )
