"""A few values far away from all others: they decide the scaling and the loss (D1)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import LOOKED, figure, pairs
from ._batches import leaps
from ._columns import column, figures, known, listed, table, whole

JUMP = Threshold(4.0, unit="how many times farther than the next values", basis="calibration/outliers-in-data.json")
DISTANCE = Threshold(20.0, unit="robust standard deviations from the median", basis="calibration/outliers-in-data.json")
VALUES = 20  # different ones, below which the column is a scale of steps
WATCHED = 1000.0  # robust standard deviations, in a run: heavy tails reach a hundred
JUMPED, SHRUNK = (
    100.0,
    0.5,
)  # or a tenth of that, where the spread of the validation's targets is half at most without them
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
            "what": "words:outliers-in-data.columns",
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
    looks = [one for one in pairs(run) if figure(one, "features", 0) > 0]
    if not looks:
        loss = run.curve("train")
        if loss is None or run.facts.get("reinforcement") is True:
            raise Undecided("watched-data-look")
        found = leaps(loss)
        if found is not None:
            values: dict[str, float | int | str] = {
                "what": "words:outliers-in-data.loss",
                "columns": 1,
                "names": "",
                "distance": found[0],
                "share": found[1],
            }
            yield Finding(onset=float(loss.step[0]), values=values, exhibits=(Exhibit(loss.name),))
        return
    for look in looks:
        far, rest, share = (figure(look, key, 0) for key in ("far", "far_rest", "far_share"))
        target, target_share = figure(look, "target_far", 0), figure(look, "target_far_share", 0)
        inputs = far >= max(WATCHED, jump * rest) and 0 < share <= FEW and figure(look, "marked", 0) < 1
        clear = _lost_among_them(look) and target >= JUMPED
        if inputs or ((target >= WATCHED or clear) and 0 < target_share <= FEW):
            yield Finding(
                onset=None,
                values={
                    "what": "words:outliers-in-data.columns",
                    "columns": int(figure(look, "far_columns", 0)) if inputs else 1,
                    "names": f"x[{int(figure(look, 'far_feature', 0))}]" if inputs else "y",
                    "distance": far if inputs else target,
                    "share": share if inputs else target_share,
                },
                confidence=0.9,
                severity=Severity.CRITICAL,
            )
            return


def _lost_among_them(look: Event) -> bool:
    """Whether the targets of the validation, which have none, lie within a part of the spread of the training's."""
    return 0 < figure(look, "targets_scale", 1.0) <= SHRUNK and not figure(look, "shifted", 0) > 0


RULE = Rule(
    id="outliers-in-data",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:features", optional=True),
        Need("curve:train", optional=True),
        Need("fact:reinforcement", optional=True),
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
