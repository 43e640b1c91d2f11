"""Which of the named numbers of a log are series: repeated, moving on, and each of them once."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from ...evidence.names import Kind, role_of
from .bars import Bars
from .series import Moments, Placed, Points, placed
from .words import CURVES, own_epoch

_FEW = 3  # values: fewer, beside longer series, are no series
_TOTAL = frozenset(("total", "episode", "sum", "cumulative", "return"))
_MOSTLY = 0.9  # of two series' values equal: one of them, printed twice


def choose(
    points: Sequence[Points], bars: Bars, moments: Moments, uses: Sequence[int]
) -> tuple[list[Placed], dict[str, int]]:
    """The series, each with its positions, and how many values were passed over and why."""
    skipped = {"progress-bar-state": 0, "said-once": 0, "step-reward": 0}
    found: list[Placed] = []
    log = _Overview(points, moments)
    for one in points:
        if log.is_setting(one):
            skipped["said-once"] += len(one)
        elif log.is_stated_elsewhere(one):
            skipped["progress-bar-state"] += bars.passed(one)
        else:
            if log.is_reward_of_a_step(one):
                skipped["step-reward"] += len(one)
                continue
            curves, passed = _placed(one, bars, moments, uses)
            skipped["progress-bar-state" if one.level == "bar" else "said-once"] += passed
            for curve in curves:
                if curve.value.size and log.is_series(curve, one, moments):
                    found.append(curve)
                elif one.kind in CURVES:
                    skipped["said-once"] += curve.value.size
    return _distinct(found), skipped


class _Overview:
    """What is said of the other series of a log, to judge one by."""

    def __init__(self, points: Sequence[Points], moments: Moments) -> None:
        counted = [one for one in points if one.level in ("step", "epoch", "bar") and len(one) >= _FEW]
        self._longest = max((len(one) for one in points if one.kind in CURVES), default=0)
        self._counted = any(one.kind in CURVES for one in counted)
        self._repeats = any(
            one.kind in CURVES and one.level != "none" and len(one) > 1 and _is_printed_again(one, moments)
            for one in points
        )
        self._has_rates = any(one.kind is Kind.LEARNING_RATE and one.level != "bar" for one in counted)
        self._has_totals = any(
            one.kind is Kind.REWARD and one.level != "step" and not _TOTAL.isdisjoint(one.name.casefold().split())
            for one in points
            if len(one) >= _FEW
        )
        self._own: dict[tuple[str, str], int] = {}  # longest of a name that lines without a bar say
        self._whole: dict[tuple[str, str], int] = {}  # … that lines without a batch counter say
        for one in points:
            key = (one.phase, one.name)
            if one.level in ("step", "epoch"):
                self._own[key] = max(len(one), self._own.get(key, 0))
            if one.level in ("none", "epoch"):
                self._whole[key] = max(len(one), self._whole.get(key, 0))

    def is_setting(self, one: Points) -> bool:
        """A learning rate printed with the configuration, where another is printed with the losses."""
        return self._has_rates and one.kind is Kind.LEARNING_RATE and one.level == "none"

    def is_stated_elsewhere(self, one: Points) -> bool:
        """A few bars of what the log also prints in lines; the mean so far, where the mean itself is printed."""
        key = (one.phase, one.name)
        if one.level == "bar":
            return len(one) < min(_FEW, self._own.get(key, 0))
        return one.last_of_epoch and self._whole.get(key, 0) >= 2

    def is_reward_of_a_step(self, one: Points) -> bool:
        """A reward printed at every step, where the total of the episode is printed too: that is the curve."""
        return one.kind is Kind.REWARD and one.level == "step" and self._has_totals

    def is_series(self, curve: Placed, one: Points, moments: Moments) -> bool:
        """Whether what was printed under a name makes a series in this log."""
        size = curve.value.size
        if size == 1 and self._longest >= _FEW:
            return False
        if not _is_printed_again(one, moments) and (one.level == "none" or not self._repeats):
            return False
        if curve.kind is Kind.OTHER:
            return size >= max(_FEW, self._longest // 20) and bool(np.any(curve.value != curve.value[0]))
        if curve.axis == "row" and not self._counted and curve.kind is not Kind.REWARD:
            # Without any counter, whole numbers are settings, sizes, return values; a curve has decimals.
            decimals = np.isfinite(curve.value) & (curve.value != np.floor(curve.value))
            if decimals.mean() < 0.5:
                return False
        if curve.axis == "row":
            still = one.level == "none" and self._counted and _stands_still(one, moments)
            return size >= _FEW and not still
        return True


def _placed(one: Points, bars: Bars, moments: Moments, uses: Sequence[int]) -> tuple[list[Placed], int]:
    if one.level == "bar":
        return bars.curves(one)
    keep = _repeated(one, moments, uses)
    return [placed(one, moments, keep)], 0 if keep is None else int((~keep).sum())


def _repeated(one: Points, moments: Moments, uses: Sequence[int]) -> Bool[np.ndarray, " n"] | None:
    """Values of a line that is said once, among many of a line that is repeated, are about the whole."""
    if one.level != "none" or len(one) <= _FEW:
        return None
    said = np.frombuffer(moments.said, dtype=f"i{moments.said.itemsize}")[one.moments]
    repeated = (said < 0) | (np.array(uses)[said] >= 2)
    return None if repeated.mean() < 0.5 else repeated


def _is_printed_again(one: Points, moments: Moments) -> bool:
    """Some line is repeated with other numbers in it: that is what a log is, and prose is not."""
    said = np.frombuffer(moments.said, dtype=f"i{moments.said.itemsize}")[one.moments]
    return len(one) < 2 or bool(np.unique(said, return_counts=True)[1].max() >= 2) or bool(np.all(said < 0))


def _stands_still(one: Points, moments: Moments) -> bool:
    """All of it was said at one place of the training: a final report, a setting."""
    epoch, step, _ = moments.columns(one.moments)
    return bool(np.all((epoch == epoch[0]) | np.isnan(epoch)) and np.all((step == step[0]) | np.isnan(step)))


def _distinct(series: Sequence[Placed]) -> list[Placed]:
    """One name for one series of an axis: what the log says both a step and an epoch is told apart."""
    kept: list[Placed] = []
    taken: set[tuple[str, str]] = set()
    stepwise = {role_of(one.raw)[0] for one in series if one.axis == "step"}
    for one in sorted(series, key=lambda one: -one.value.size):
        if any(_same(one, other) for other in kept):
            continue
        if one.axis == "epoch" and one.kind in CURVES and role_of(one.raw)[0] in stepwise and not own_epoch(one.raw):
            one.raw = f"{one.raw} (epoch)"
        name, number = one.raw, 2
        while (one.raw, one.axis) in taken:
            one.raw = f"{name} ({number})"
            number += 1
        taken.add((one.raw, one.axis))
        kept.append(one)
    return kept


def _same(one: Placed, other: Placed) -> bool:
    return (
        one.axis == other.axis
        and one.value.size == other.value.size
        and role_of(one.raw)[0] == role_of(other.raw)[0]
        and np.array_equal(one.step, other.step)
        and bool(np.isclose(one.value, other.value, rtol=1e-3, equal_nan=True).mean() >= _MOSTLY)
    )
