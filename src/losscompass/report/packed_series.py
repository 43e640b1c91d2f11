"""Curves as small base64 typed arrays: thinned without hiding an extreme, shared positions stored once.

What the page gets of a series of n points is at most `limit` points (positions and values), and, if points were left out,
the level of each stretch, so that a smoothed line follows the data and not its envelope.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ..evidence.run import Run, Series
from ..signal.thin import block_edges, block_levels, minmax_index

POINTS_A_SERIES = 3000
"""More than a chart of the widest screen can show: two extremes for each of its pixel columns."""

POINTS_A_PAGE = 400_000
"""Of all series together: about 3 MB, which a telephone still opens."""

FEWEST_POINTS = 120
"""A series is never thinned to less than this."""


@dataclass(slots=True)
class ArrayStore:
    """Arrays by number; the same array is kept once."""

    packed: list[dict[str, Any]] = field(default_factory=list)
    _place: dict[tuple[str, bytes], int] = field(default_factory=dict)

    def add(self, array: Float[np.ndarray, " n"], *, exact: bool = False) -> int:
        """The number under which the page finds `array`. Unless `exact`, seven digits are kept, as a chart needs."""
        kind, narrow = _narrowest(array, exact=exact)
        key = (kind, narrow.tobytes())
        if key not in self._place:
            self._place[key] = len(self.packed)
            if kind == "range":
                start, stride, count = (float(x) for x in narrow)
                self.packed.append({"kind": kind, "start": start, "stride": stride, "count": int(count)})
            else:
                self.packed.append({"kind": kind, "data": base64.b64encode(narrow.tobytes()).decode("ascii")})
        return self._place[key]


def pack_runs(
    runs: Sequence[Run], store: ArrayStore, wanted: Callable[[int, str], bool] = lambda _run, _series: True
) -> list[dict[str, Any]]:
    """One dictionary a run: the series' names → where their arrays are, in the order of the run."""
    limit = fair_limit([len(series) for run in runs for series in run.series.values()])
    return [
        _pack_run(run, [one for name, one in run.series.items() if wanted(number, name)], store, limit)
        for number, run in enumerate(runs)
    ]


def fair_limit(lengths: Sequence[int]) -> int:
    """How many points each series may keep so that all together keep within `POINTS_A_PAGE`; short ones leave room."""
    room, limit = POINTS_A_PAGE, POINTS_A_SERIES
    for place, length in enumerate(sorted(lengths)):
        limit = room // (len(lengths) - place)
        if length >= limit:
            break
        room -= length
    return int(np.clip(limit, FEWEST_POINTS, POINTS_A_SERIES))


def _pack_run(run: Run, chosen: Sequence[Series], store: ArrayStore, limit: int) -> dict[str, Any]:
    times = [float(t[0]) for s in run.series.values() if s.time is not None and (t := s.time[np.isfinite(s.time)]).size]
    began = min(times, default=0.0)
    return {"began": began, "series": {one.name: pack(one, store, limit, began) for one in chosen}}


def pack(series: Series, store: ArrayStore, limit: int, began: float) -> dict[str, Any]:
    """The arrays of one series by number: `x`, `y`, and where known `epoch`, `time` (seconds since `began`)."""
    index = kept_index(series.value, limit)
    kept = series.take(index)
    packed: dict[str, Any] = {"n": len(series), "x": store.add(kept.step, exact=True), "y": store.add(kept.value)}
    if kept.epoch is not None and bool(np.isfinite(kept.epoch).any()):
        packed["epoch"] = store.add(kept.epoch)
    if kept.time is not None and bool(np.isfinite(kept.time).any()):
        packed["time"] = store.add(kept.time - began)
    if len(kept) < len(series):
        packed["level"] = _levels(series, store, limit, began)
    return packed


def kept_index(value: Float[np.ndarray, " n"], limit: int) -> Int[np.ndarray, " m"]:
    """Positions of the points that are shown: the extremes of each stretch, the ends, and where the curve breaks off.

    Of every stretch of NaN or infinite values the first is kept, a quarter of `limit` of them at most.
    """
    index = minmax_index(value, limit)
    broken = ~np.isfinite(value)
    starts = np.flatnonzero(broken & ~np.concatenate([[False], broken[:-1]]))
    if starts.size > limit // 4:
        starts = starts[np.linspace(0, starts.size - 1, limit // 4).astype(np.int64)]
    return np.union1d(index, starts).astype(np.int64)


def _levels(series: Series, store: ArrayStore, limit: int, began: float) -> Mapping[str, int]:
    """Middle and robust level of each stretch of a thinned series."""
    finite = series.finite()
    edges = block_edges(len(finite), min(limit // 4, len(finite)))
    middle = ((edges[:-1] + edges[1:] - 1) // 2).clip(0)
    levels: dict[str, int] = {}
    if len(finite) == 0:
        return levels
    at = finite.take(middle)
    levels["x"] = store.add(at.step, exact=True)
    with np.errstate(over="ignore", invalid="ignore"):
        levels["y"] = store.add(block_levels(finite.value, edges))
    if at.epoch is not None and bool(np.isfinite(at.epoch).any()):
        levels["epoch"] = store.add(at.epoch)
    if at.time is not None and bool(np.isfinite(at.time).any()):
        levels["time"] = store.add(at.time - began)
    return levels


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def _narrowest(array: Float[np.ndarray, " n"], *, exact: bool) -> tuple[str, np.ndarray]:
    """The smallest form that says the same: an even range, 32-bit integers, 32-bit floats, else 64-bit floats."""
    n = array.size
    if n > 2 and bool(np.isfinite(array).all()):
        stride = float(array[1] - array[0])
        if np.array_equal(array, array[0] + stride * np.arange(n)):
            return "range", np.array([array[0], stride, n])
    if n and bool((np.isfinite(array) & (np.abs(array) < 2**31) & (array == np.round(array))).all()):
        return "i4", array.astype("<i4")
    narrow = array.astype("<f4")
    lost = (np.isinf(narrow) & ~np.isinf(array)) | ((narrow == 0) & (array != 0))
    if bool(lost.any()) or (exact and not np.array_equal(narrow.astype(np.float64), array, equal_nan=True)):
        return "f8", array.astype("<f8")
    return "f4", narrow
