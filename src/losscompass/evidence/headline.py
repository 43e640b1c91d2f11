"""The one curve of each phase that says how it goes."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from . import vocabulary as v
from .names import Kind, Phase, Role
from .records import Skipped
from .run import Series
from .tokens import words

ENOUGH = 3  # points from which a series is a curve


UNNAMED_CURVE = "unnamed_curve"
"""The fact by which a reader says which of several series without a name is the curve."""


def assume_direction(series: Sequence[Series], unnamed: object = None) -> tuple[list[Series], list[Skipped]]:
    """The series, one of them taken for something minimised where the log does not say what any of them is.

    That is the one a reader pointed out (`unnamed`, its raw name), or the only one that a log counts steps or epochs for.
    It is said in what is returned beside: a curve that should rise would be read upside down.
    """
    if any(one.role.direction for one in series):
        return list(series), []
    told = [one for one in series if one.role.kind not in (Kind.TIME, Kind.COUNTER)]
    chosen = [one for one in told if one.raw == unnamed]
    if not chosen and len(told) == 1 and told[0].axis != "row":
        chosen = [one for one in told if not v.NO_CURVE.intersection(words(one.raw))]
    if not chosen or chosen[0].role.kind is not Kind.OTHER or len(chosen[0]) < ENOUGH:
        return list(series), []
    phase = chosen[0].role.phase
    role = Role(Phase.TRAIN if phase is Phase.NONE else phase, Kind.METRIC_DOWN)
    read = [replace(one, role=role) if one is chosen[0] else one for one in series]
    return read, [Skipped("direction-assumed", 1, chosen[0].raw)]


def choose_curves(series: Sequence[Series]) -> tuple[list[Series], dict[str, str]]:
    """The series with the totals that had to be derived, and phase → name of its headline series.

    In this order: a reward, where there is one (in reinforcement learning the losses say little); the total loss; the
    sum of its parts; a metric that falls; one that rises. A phase without validation but with a test series of several
    points is evaluated on it during training: it stands for "val" too.
    """
    more = list(series)
    curves: dict[str, str] = {}
    for phase in (Phase.TRAIN, Phase.VALIDATION, Phase.TEST):
        own = [one for one in more if one.role.phase is phase]
        best = _best(phase, own, more)
        if best is not None:
            curves[phase.value] = best.name
    test = next((one for one in more if one.name == curves.get("test")), None)
    if "val" not in curves and test is not None and len(test) >= ENOUGH:
        curves["val"] = test.name
    return more, curves


def _best(phase: Phase, own: Sequence[Series], more: list[Series]) -> Series | None:
    def of(kind: Kind) -> list[Series]:
        return [one for one in own if one.role.kind is kind]

    candidates = [*_by_fitness(of(Kind.REWARD)), *_totals(phase, of(Kind.LOSS))]
    if not any(len(one) > 1 for one in candidates):
        summed = _sum_of_parts(phase, of(Kind.LOSS_PART))
        if summed is not None:
            if summed.derived:
                more.append(summed)
            else:
                more[more.index(next(one for one in more if one.name == summed.name))] = summed
            candidates.append(summed)
    candidates += [*_by_fitness(of(Kind.METRIC_DOWN)), *_by_fitness(of(Kind.METRIC_UP)), *of(Kind.LOSS_PART)]
    return next((one for one in candidates if len(one) > 1), next(iter(candidates), None))


def _by_fitness(series: Sequence[Series]) -> list[Series]:
    """Of several metrics, one that sees both kinds of mistakes, of the whole (its name has fewest parts), most points."""
    return sorted(series, key=lambda one: (_one_sided(one.name), one.name.count("/"), "~" in one.name, -len(one)))


def _one_sided(name: str) -> bool:
    """Precision alone, or recall alone, is had for nothing."""
    return bool({"precision", "recall", "specificity"} & set(name.split("/")))


def _totals(phase: Phase, losses: Sequence[Series]) -> list[Series]:
    """The total first. Of numbered data sets the last: boosting libraries stop early on that one."""
    named = [one for one in losses if one.name == f"{phase}/loss"]
    others = [one for one in losses if one.name != f"{phase}/loss"]
    numbered = [one for one in others if one.name.rpartition("/")[2].isdigit()]
    return [*named, *reversed(numbered), *(one for one in others if one not in numbered)]


def _sum_of_parts(phase: Phase, parts: Sequence[Series]) -> Series | None:
    """The total of the parts that the log holds. An only part is the total; what plays against each other is no sum:
    there, the side that generates stands for the whole.
    """
    parts = [one for one in parts if "~" not in one.name]
    if not parts:
        return None
    words = {one.name: one.name.split("/loss/")[-1].split("_") for one in parts}
    if any(set(said) & v.ADVERSARIAL for said in words.values()):
        if any(set(said) & _REINFORCED for said in words.values()):
            return None
        whole = [one for one in parts if len(words[one.name]) == 1 and set(words[one.name]) & _GENERATOR]
        parts = whole or [one for one in parts if not set(words[one.name]) & v.DISCRIMINATOR] or parts
    names = {one.name for one in parts}
    parts = [one for one in parts if not any(one.name.startswith(f"{other}_") for other in names)]
    longest = max(len(one) for one in parts)
    parts = [one for one in parts if 2 * len(one) > longest]
    if len(parts) == 1:
        return replace(parts[0], role=Role(phase, Kind.LOSS))
    return _summed(phase, parts)


_GENERATOR = frozenset(("g", "gen", "generator"))
_REINFORCED = frozenset(("actor", "act", "critic", "cri", "policy", "pi", "pg", "value", "vf", "entropy", "td", "cql"))


def _summed(phase: Phase, parts: Sequence[Series]) -> Series | None:
    first = parts[0]
    axis = [one for one in parts if one.axis == first.axis]
    if all(len(one) == len(first) and bool(np.array_equal(one.step, first.step)) for one in axis):
        aligned = list(axis)
    else:
        common = reduce(np.intersect1d, (one.step for one in axis))
        if not common.size:
            return None
        aligned = [one.take(np.searchsorted(one.step, common, side="right") - 1) for one in axis]
    with np.errstate(all="ignore"):
        total = np.sum([one.value for one in aligned], axis=0)
    total.setflags(write=False)
    return replace(
        aligned[0],
        name=f"{phase}/loss",
        raw=" + ".join(one.raw for one in aligned),
        role=Role(phase, Kind.LOSS),
        value=total,
        derived="sum of parts",
    )
