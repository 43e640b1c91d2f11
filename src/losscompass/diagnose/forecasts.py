"""Where the headline curves will be if nothing changes."""

from collections.abc import Sequence

from ..evidence.run import Run
from .diagnosis import Forecast, Found


def forecasts(run: Run, found: Sequence[Found]) -> tuple[Forecast, ...]:
    """One forecast for each headline curve that allows one."""
    return ()
