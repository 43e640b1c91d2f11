"""Which series the user's target speaks of."""

from ...evidence.run import Run, Series
from ..base import Undecided


def target_of(run: Run) -> tuple[Series, float]:
    """The series and the value it should reach. The name may be canonical, the log's own, or the last part of either.

    Validation before test before training. Raises `Undecided` where no series that can be good or bad has that name.
    """
    wanted = str(run.facts["target"])
    named = [
        (name, series)
        for name, series in run.series.items()
        if series.role.direction and wanted in {name, series.raw, name.split("/")[-1], series.raw.split("/")[-1]}
    ]
    if not named:
        raise Undecided("target-series")
    phases = ("val", "test", "train")
    named.sort(key=lambda one: (one[0] != wanted, *(not one[0].startswith(f"{phase}/") for phase in phases), one[0]))
    return named[0][1], float(run.facts["target-value"])
