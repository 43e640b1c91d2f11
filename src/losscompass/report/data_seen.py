"""What a watched run tells of its data: the classes, their order, samples that are in training and validation."""

from collections.abc import Mapping
from typing import Any

from ..evidence.records import Event
from ..evidence.run import Run
from .json_value import plain_value

MOST_CLASSES = 40
"""Bars of the picture: the most frequent classes; the page says how many more there are."""

_ORDER = ("batches", "samples", "classes", "purity", "purity_expected", "changes", "changes_expected", "repeats")
_OVERLAP = ("train", "val", "val_seen", "val_in_train", "train_repeats")


def data_seen(run: Run) -> dict[str, Any]:
    """`classes`: (class, share) of the most frequent ones and how many there are; `order` and `samples`: plain numbers."""
    seen: dict[str, Any] = {}
    if (labels := _last(run, "labels")) is not None:
        seen["order"] = _numbers(labels.data, _ORDER)
        if shares := _shares(labels.data.get("shares")):
            largest = sorted(range(len(shares)), key=lambda k: -shares[k])[:MOST_CLASSES]
            seen["classes"] = {"bars": [[k, shares[k]] for k in sorted(largest)], "count": len(shares)}
    if (samples := _last(run, "samples")) is not None:
        seen["samples"] = _numbers(samples.data, _OVERLAP)
    return seen


def _last(run: Run, event: str) -> Event | None:
    happened = run.happened(event)
    return happened[-1] if happened else None


def _shares(value: object) -> list[float]:
    numbers = value if isinstance(value, tuple) else ()
    return [float(x) for x in numbers if isinstance(x, int | float) and 0 <= x <= 1]


def _numbers(data: Mapping[str, object], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: plain_value(data[key]) for key in keys if isinstance(data.get(key), int | float)}
