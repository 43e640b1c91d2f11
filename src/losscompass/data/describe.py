"""What each column looks like, as one event of columns: a tuple a property, in the order of the names."""

import re
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

from ..evidence.records import Event
from .profile import Profile

SIGMA = 1.349
"""Quartile distance of a normal distribution in standard deviations."""

FULL_LOOK = 5_000
"""Columns that are looked at one by one; of wider tables, evenly spread ones are."""


@dataclass(slots=True)
class Feature:
    """One column, as the event `features` of docs/events.md tells it. Shares are of the rows; NaN where it does not apply."""

    name: str
    kind: str
    missing: float
    infinite: float = 0.0
    strays: float = 0.0  # cells that say something that is no number
    first_gap: int = -1
    distinct: int = 0  # in the sample
    sampled: int = 0  # values of the sample that say something
    low: float = np.nan
    high: float = np.nan
    mean: float = np.nan
    std: float = np.nan
    median: float = np.nan
    scale: float = np.nan  # robust standard deviation
    skew: float = np.nan
    log_skew: float = np.nan
    whole: bool = False
    consecutive: bool = False  # whole numbers that all differ and leave none out
    sentinel: float = np.nan
    sentinel_share: float = 0.0
    sentinel_row: int = -1
    far_jump: float = 1.0  # how many times farther the far values lie than the next ones
    far_share: float = 0.0
    far_distance: float = 0.0  # of the nearest of them from the median, in `scale`
    far_row: int = -1  # of the farthest
    far_value: float = np.nan
    numeric_text: float = 0.0  # cells of a text column that are numbers with a unit, a currency or separators
    example: str = ""
    longest: int = 0
    spaced: float = 0.0  # share of the cells of a text column that hold several words


def features(profile: Profile, split: str) -> Event:
    """The event that describes every feature of a part of the data."""
    wide = len(profile.roles.features)
    names = profile.roles.features
    if wide > FULL_LOOK:
        names = tuple(names[place] for place in np.unique(np.linspace(0, wide - 1, FULL_LOOK).astype(np.int64)))
    numeric = {name: place for place, name in enumerate(profile.layout.numeric)}
    kinds = profile.table.kinds()
    columns = [
        _number(profile, Feature(name=name, kind=kinds[name], missing=0.0), numeric[name])
        if name in numeric
        else _text(profile, name)
        for name in names
    ]
    data: dict[str, object] = {"split": split, "rows": profile.rows, "columns": wide}
    for field in fields(Feature):
        data[field.name] = tuple(getattr(column, field.name) for column in columns)
    return Event("features", data=data)  # type: ignore[arg-type]


def _number(profile: Profile, feature: Feature, place: int) -> Feature:
    moments, rows = profile.moments, profile.rows
    feature.missing = float(moments.missing[place]) / rows
    feature.infinite = float(moments.infinite[place]) / rows
    feature.strays = float(moments.strays[place]) / rows
    feature.first_gap = int(moments.first_gap[place])
    if moments.count[place] == 0:
        return feature
    feature.low, feature.high = float(moments.low[place]), float(moments.high[place])
    feature.mean, feature.std = float(moments.mean[place]), float(moments.std[place])
    values = profile.sample.numbers[:, place]
    kept = np.flatnonzero(np.isfinite(values))
    if kept.size == 0:
        return feature
    order = kept[np.argsort(values[kept], kind="stable")]
    with np.errstate(all="ignore"):
        _shape(feature, values[order], profile.sample.row[order])
    return feature


def _shape(feature: Feature, ordered: Float[np.ndarray, " n"], rows: np.ndarray) -> None:
    """Everything that the sorted values of the sample tell."""
    n = ordered.size
    feature.sampled = n
    feature.distinct = int(np.count_nonzero(np.diff(ordered))) + 1
    feature.whole = bool((ordered == np.round(ordered)).all())
    feature.consecutive = bool(
        feature.whole and n >= 20 and feature.distinct == n and feature.high - feature.low < 1.5 * n
    )
    feature.example = f"{ordered[n // 2]:.6g}"
    if feature.distinct < 2:
        feature.median = float(ordered[0])
        return
    _sentinel(feature, ordered, rows)
    if np.isfinite(feature.sentinel):  # it would spoil every other figure
        kept = ordered != feature.sentinel
        ordered, rows = ordered[kept], rows[kept]
        n = ordered.size
    feature.median = float(ordered[n // 2])
    feature.scale = robust_scale(ordered)
    centred = ordered - ordered.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    if spread > 0:
        feature.skew = float(np.mean((centred / spread) ** 3))
    if ordered[0] > 0 and n >= 8:
        logs = np.log(ordered)
        wide = logs.std()
        feature.log_skew = float(np.mean(((logs - logs.mean()) / wide) ** 3)) if wide > 0 else np.nan
    if feature.scale > 0:
        _far(feature, ordered, rows)


def robust_scale(ordered: Float[np.ndarray, " n"]) -> float:
    """A standard deviation that a few extreme values cannot move, of sorted values; the plain one where most values are equal."""
    n = ordered.size
    for share, normal in ((0.25, SIGMA), (0.1, 2.563), (0.025, 3.92)):
        low, high = ordered[int(share * (n - 1))], ordered[int((1 - share) * (n - 1))]
        if high > low:
            return float((high - low) / normal)
    return float(ordered.std())


def _far(feature: Feature, ordered: Float[np.ndarray, " n"], rows: np.ndarray) -> None:
    """Values that lie apart from all others: the largest jump among the farthest twentieth."""
    distance = np.abs(ordered - feature.median) / feature.scale
    order = np.argsort(distance)
    distance = distance[order]
    extreme = max(abs(feature.low - feature.median), abs(feature.high - feature.median)) / feature.scale
    first = max(1, int(0.95 * distance.size))
    tail = np.append(distance[first - 1 :], extreme)  # the farthest of all rows may not be in the sample
    ratio = tail[1:] / np.maximum(tail[:-1], 3.0)
    at = int(ratio.argmax())
    feature.far_jump, feature.far_distance = float(ratio[at]), float(tail[at + 1])
    if not np.isfinite(feature.sentinel) or at + 1 < tail.size - 1:
        feature.far_share = max(tail.size - 2 - at, 1) / distance.size
    feature.far_row, feature.far_value = int(rows[order[-1]]), float(ordered[order[-1]])


def _sentinel(feature: Feature, ordered: Float[np.ndarray, " n"], rows: np.ndarray) -> None:
    """A number that stands for "missing": at one end, far from all others, and there again and again or written as people do."""
    n = ordered.size
    for at_low in (True, False):
        value = ordered[0] if at_low else ordered[-1]
        count = (
            int(np.searchsorted(ordered, value, side="right")) if at_low else n - int(np.searchsorted(ordered, value))
        )
        others = ordered[count:] if at_low else ordered[: n - count]
        if others.size < max(10, 0.2 * n):
            continue
        low, high = others[int(0.01 * (others.size - 1))], others[int(0.99 * (others.size - 1))]
        wide = float(high - low)
        gap = float(others[0] - value if at_low else value - others[-1])
        if wide <= 0 or not np.isfinite(gap):
            continue
        known = customary(float(value))
        apart = gap > (0.5 if known else 3.0) * wide
        often = count >= (2 if known else max(5, 0.005 * n))
        if apart and often:
            feature.sentinel, feature.sentinel_share = float(value), count / n
            at = np.flatnonzero(ordered == value)
            feature.sentinel_row = int(rows[at].min())
            return


def customary(value: float) -> bool:
    """Whether people write this number for "missing": nines, the ends of integer types, −1."""
    if value in {-1.0, 2.0**31 - 1, -(2.0**31), 2.0**63, -(2.0**63), 32767.0, -32768.0, 1e20, -1e20, 1e30, -1e30}:
        return True
    digits = f"{abs(value):.10g}".replace(".", "")
    return len(digits) >= 2 and set(digits) <= {"9"}


_MARKS = re.compile(r"[\s,'_$€£¥%]")
_UNIT = re.compile(r"(?<=\d)(?:kg|g|mg|cm|mm|m|km|s|ms|h|usd|eur|jpy|円|k)$", re.IGNORECASE)


def _text(profile: Profile, name: str) -> Feature:
    cells = profile.sample.texts[name].drop_nulls()
    feature = Feature(name=name, kind="text", missing=profile.gaps.get(name, 0) / profile.rows, sampled=cells.len())
    if cells.len() == 0:
        return feature
    feature.distinct = cells.n_unique()
    some = cells.head(2_000).to_list()
    feature.longest = max(map(len, some))
    feature.spaced = sum(len(cell.split()) > 1 for cell in some) / len(some)
    numbers = [_as_number(cell) for cell in some]
    feature.numeric_text = sum(numbers) / len(numbers)
    odd = [cell for cell, number in zip(some, numbers, strict=True) if not number]
    feature.example = (odd[0] if odd and feature.numeric_text > 0.5 else some[0])[:60]
    return feature


def _as_number(cell: str) -> bool:
    """Whether a cell is a number once unit, currency and separators are taken off."""
    trimmed = _UNIT.sub("", _MARKS.sub("", cell))
    try:
        float(trimmed)
    except ValueError:
        return False
    return any(letter.isdigit() for letter in trimmed)
