"""What MLflow's stores have in common: points with a time and a step, and parameters as text."""

import re
from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64

from ..evidence.records import Fact, Record, ScalarBlock, Skipped

_LONGEST_FACT = 500  # characters of a text that still is a setting, not a document


def curve(
    name: str, step: Float64[np.ndarray, " n"], value: Float64[np.ndarray, " n"], time: Float64[np.ndarray, " n"]
) -> Iterator[Record]:
    """Points in the order in which they were measured. Who logs without a step gets step 0 each time: then rows count."""
    if not np.isfinite(step).all() or (step.size > 1 and bool((step == step[0]).all())):
        yield ScalarBlock(name, np.arange(step.size, dtype=np.float64), value, axis="row", time=time)
        return
    if (np.diff(step) < 0).any():
        # The same point written twice, or points written late: the order of time may be that of the steps.
        order = np.argsort(time, kind="stable")
        same = (np.diff(step[order]) == 0) & (np.diff(time[order]) == 0)
        value_again = np.diff(value[order])
        again = np.concatenate([[False], same & ((value_again == 0) | np.isnan(value_again))])
        kept = order[~again]
        if (np.diff(step[kept]) >= 0).all():
            step, value, time = step[kept], value[kept], time[kept]
            if again.any():
                yield Skipped("repeated-row", int(again.sum()), name)
    yield ScalarBlock(name, step, value, time=time)


def fact(name: str, text: str) -> Iterator[Fact]:
    """A parameter; as a number or a truth value where its text is one."""
    if len(text) > _LONGEST_FACT:
        return
    try:
        number = float(text)
    except ValueError:
        yield Fact(name, {"True": True, "False": False}.get(text, text))
    else:
        yield Fact(name, int(text) if re.fullmatch(r"-?\d{1,18}", text) else number)
