"""Where the headline curves will be if nothing changes."""

from collections.abc import Sequence

import numpy as np

from ..evidence.run import Run
from ..signal.forecast import forecast
from .diagnosis import Forecast, Found

BROKEN = frozenset({"non-finite-loss", "loss-divergence"})
"""A curve that broke goes nowhere: what is found there is to be cured, not continued."""


def forecasts(run: Run, found: Sequence[Found]) -> tuple[Forecast, ...]:
    """One forecast for each headline curve that allows one, over as many positions again as the curve has."""
    broken = {exhibit.series for one in found if one.id in BROKEN for exhibit in one.exhibits[:1]}
    ahead = []
    for phase in ("train", "val", "test"):
        series = run.curve(phase)
        if series is None or series.name in broken or not series.role.direction:
            continue
        with np.errstate(all="ignore"):  # values up to 1e308 may be logged
            result = forecast(series.step, series.value)
        if result is None:
            continue
        ahead.append(
            Forecast(
                series=series.name,
                axis=series.axis,
                at=result.at,
                median=result.median,
                low=result.low,
                high=result.high,
                limit=result.limit,
                limit_interval=result.limit_interval,
                gain=float(result.median[-1] - result.median[0]),
                horizon=float(result.at[-1] - result.at[0]),
            )
        )
    return tuple(ahead)
