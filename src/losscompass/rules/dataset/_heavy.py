"""A loss of which a few batches hold nearly all."""

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Severity
from ..loss._distance import form
from ..seen import shape

STEPS, PARTS = 100, 4  # of the loss
HEAVY, PEAK, CALM = 5.0, 20.0, 5.0  # mean over median, high over median, and how far the median may go


def outliers_in_the_loss(run: Run) -> Finding | None:
    """Of a squared error that was written by hand: a few batches hold nearly all of it, from the first pass to the last."""
    graph, curve = next(iter(run.happened("graph")), None), run.curve("train")
    if graph is None or form(graph) != "Mean" or curve is None or len(curve) < STEPS or curve.value.min() < 0:
        return None
    with np.errstate(all="ignore"):
        return _heavy(run, curve.value)


def _heavy(run: Run, losses: np.ndarray) -> Finding | None:
    parts = [part for part in np.array_split(losses, PARTS) if part.size]
    far = [float(part.mean() / max(float(np.median(part)), 1e-12)) for part in parts]
    most = [float(np.percentile(part, 95) / max(float(np.median(part)), 1e-12)) for part in parts]
    usual = [float(np.median(part)) for part in parts]
    # A run that diverges, or leaps and comes back changed, moves what is usual; outliers leave it where it is.
    if min(far) < HEAVY or min(most) < PEAK or max(usual) > CALM * min(usual):
        return None
    # Each such batch holds one of them, or few: the mean over the batch makes it smaller by so many.
    rows = max([1, *((shape(one, "shape") or (1,))[0] for one in run.happened("batch"))])
    share = float(np.mean(losses > PEAK * np.median(losses))) / rows
    values: dict[str, float | str] = {"columns": 1, "names": "y", "distance": (rows * float(np.median(most))) ** 0.5}
    return Finding(onset=None, values={**values, "share": share}, severity=Severity.CRITICAL, confidence=0.75)
