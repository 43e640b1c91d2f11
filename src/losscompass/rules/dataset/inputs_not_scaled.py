"""Inputs on raw or mixed scales: 0–255, metres beside millimetres (D1). In a watched run, what really enters the model."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import LOOKED
from ..seen import shape
from ._columns import column, event, figures, listed, number, table
from ._inside import learns, measurements, scaled_inside

RATIO = Threshold(
    100.0, unit="largest spread of a feature over the smallest", basis="calibration/inputs-not-scaled.json"
)
SIZE = Threshold(20.0, unit="size of the values, where 1 is standardised", basis="calibration/inputs-not-scaled.json")
EXTREME = 1e6  # of either: single precision no longer holds the small beside the large, whatever the model


def detect(run: Run, ratio: float = RATIO.value, size: float = SIZE.value) -> Iterator[Finding]:
    features = event(run, "features")
    if features is not None:
        yield from _of_table(features, ratio, size)
        return
    batches = [one for one in run.happened("batch") if one.data.get("phase") == "train" and measurements(run, one)]
    if not run.happened("batch"):
        raise Undecided("data-set")
    # A second model may be trained on what the first one makes of the inputs.
    batches = [one for one in batches if _columns(one) == _columns(batches[0])]
    if batches and not scaled_inside(run, batches[0]) and not learns(run):
        low, high, std = (max(abs(number(one, key, 0.0)) for one in batches) for key in ("min", "max", "std"))
        widest, least = (number(batches[-1], key) for key in ("feature_std_high", "feature_std_low"))
        mixed = widest / least if least > 0 else 1.0
        if mixed >= ratio or max(low, high) >= size * 5 or std >= size:
            yield Finding(
                onset=None,
                values={
                    "columns": int(number(batches[-1], "features", 1)),
                    "names": "",
                    "ratio": float(mixed),
                    "size": max(low, high),
                },
                severity=Severity.WARNING,
                place=batches[-1].places.get("at"),
            )


def _columns(batch: Event) -> tuple[int, ...]:  # the shape of one sample
    return (shape(batch, "shape") or ())[1:]


def _of_table(features: Event, ratio: float, size: float) -> Iterator[Finding]:
    std, median, scale = figures(features, "std"), figures(features, "median"), figures(features, "scale")
    numbers = (column(features, "kind") == "number") & ~figures(features, "consecutive").astype(bool)
    used = np.flatnonzero(numbers & np.isfinite(std) & (std > 0))
    if used.size == 0:
        return
    spread = np.where(np.isfinite(scale[used]) & (scale[used] > 0), scale[used], std[used])
    largest = np.maximum(np.abs(median[used]), spread)  # not the mean: outliers and codes have rules of their own
    mixed, biggest = float(spread.max() / spread.min()), float(largest.max())
    if mixed < ratio and biggest < size:
        return
    order = used[np.argsort(-largest, kind="stable")]
    names = column(features, "name")
    low, high = figures(features, "low"), figures(features, "high")
    yield Finding(
        onset=None,
        values={"columns": int(used.size), "names": listed(names[order], 3), "ratio": mixed, "size": biggest},
        exhibits=table(
            ("column", "median", "spread", "lowest", "highest"),
            zip(
                names[order],
                median[order].tolist(),
                std[order].tolist(),
                low[order].tolist(),
                high[order].tolist(),
                strict=True,
            ),
        ),
        severity=Severity.WARNING if max(mixed, biggest) >= EXTREME else None,
    )


RULE = Rule(
    id="inputs-not-scaled",
    kind="cause",
    severity=Severity.NOTE,  # in a table: scaling is still to come; in a run it is a fault
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:features", optional=True),
        Need("event:batch", optional=True),
        Need("curve:train", optional=True),
        Need("fact:classes", optional=True),
        Need("tensor:activation", optional=True),
        Need("tensor:weight", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("scale-inputs",),
    explains=(
        *("loss-flat", "loss-oscillation", "loss-divergence", "slow-descent", "initial-loss-off"),
        *("learning-rate-too-high", "non-finite-loss", "dead-relu"),  # the rate: too high for such inputs
    ),
    thresholds={"ratio": RATIO, "size": SIZE},
    confidence=0.75,
    domain=("D1",),
)
