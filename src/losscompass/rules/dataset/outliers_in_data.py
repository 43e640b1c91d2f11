"""A few values far away from all others: they decide the scaling and the loss (D1)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..loss._distance import form
from ..seen import shape
from ._columns import column, figures, known, listed, table, whole
from ._pairs import LOOKED, figure, pairs

JUMP = Threshold(4.0, unit="how many times farther than the next values", basis="calibration/outliers-in-data.json")
DISTANCE = Threshold(20.0, unit="robust standard deviations from the median", basis="calibration/outliers-in-data.json")
VALUES = 20  # different ones, below which the column is a scale of steps
WATCHED = 1000.0  # robust standard deviations, in a run: heavy tails reach a hundred
STEPS, PARTS = 100, 4  # of the loss
HEAVY, PEAK, CALM = 5.0, 20.0, 5.0  # mean over median, high over median, and how far the median may go
FEW = 0.05  # share of the rows: more than that are a part of the distribution


def detect(run: Run, jump: float = JUMP.value, distance: float = DISTANCE.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run, jump)
        return
    features = known(run, "features")
    jumps, far, share = (column(features, key) for key in ("far_jump", "far_distance", "far_share"))
    hit = np.flatnonzero(
        (jumps >= jump)
        & (far >= distance)
        & (share > 0)
        & (share <= FEW)
        & (column(features, "kind") == "number")
        & (figures(features, "distinct") >= VALUES)
    )
    if hit.size == 0:
        return
    hit = hit[np.argsort(-far[hit], kind="stable")]
    names, row, value, median = (column(features, key) for key in ("name", "far_row", "far_value", "median"))
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "distance": float(far[hit[0]]),
            "share": float(share[hit[0]]),
        },
        exhibits=table(
            ("column", "row", "value", "median", "distance"),
            zip(names[hit], whole(row[hit]), value[hit].tolist(), median[hit].tolist(), far[hit].tolist(), strict=True),
        ),
    )


def _watched(run: Run, jump: float) -> Iterator[Finding]:
    looks = list(pairs(run))
    if not looks and (told := _by_the_loss(run)) is not None:
        yield told
        return
    if not looks:
        raise Undecided("watched-data-look")
    for look in looks:
        far, rest, share = (figure(look, key, 0) for key in ("far", "far_rest", "far_share"))
        target, target_share = figure(look, "target_far", 0), figure(look, "target_far_share", 0)
        inputs = far >= max(WATCHED, jump * rest) and 0 < share <= FEW and figure(look, "marked", 0) < 1
        if inputs or (target >= WATCHED and 0 < target_share <= FEW):
            yield Finding(
                onset=None,
                values={
                    "columns": int(figure(look, "far_columns", 0)) if inputs else 1,
                    "names": f"x[{int(figure(look, 'far_feature', 0))}]" if inputs else "y",
                    "distance": far if inputs else target,
                    "share": share if inputs else target_share,
                },
                confidence=0.9,
                severity=Severity.CRITICAL,
            )
            return


def _by_the_loss(run: Run) -> Finding | None:
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


RULE = Rule(
    id="outliers-in-data",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:features", optional=True),
        Need("event:graph", optional=True),
        Need("event:batch", optional=True),
        Need("curve:train", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("clip-outliers",),
    explains=(
        "loss-spike",
        "loss-flat",
        "loss-divergence",
        "loss-oscillation",
        "plateau",
        "learning-rate-too-high",
        "slow-descent",
        "overfitting",
    ),
    thresholds={"jump": JUMP, "distance": DISTANCE},
    confidence=0.75,
    domain=("D1",),
)
