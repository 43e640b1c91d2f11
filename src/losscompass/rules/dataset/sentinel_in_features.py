"""A number that stands for "missing", such as −999, among the values of a feature (D2)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import LOOKED, figure, pairs
from ..seen import count
from ._batches import BATCHES, USUAL, marked_batches
from ._columns import column, figures, known, listed, table, whole

MOST = Threshold(
    0.8,
    unit="share of the rows beyond which it is the column's usual value",
    basis="calibration/sentinel-in-features.json",
)


def detect(run: Run, most: float = MOST.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run, most)
        return
    features = known(run, "features")
    value, share = figures(features, "sentinel"), figures(features, "sentinel_share")
    hit = np.flatnonzero(np.isfinite(value) & (share > 0) & (share <= most))
    if hit.size == 0:
        return
    hit = hit[np.argsort(-share[hit], kind="stable")]
    names, row = column(features, "name"), figures(features, "sentinel_row")
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "value": float(value[hit[0]]),
            "share": float(share[hit[0]]),
        },
        exhibits=table(
            ("column", "value", "share", "first-row"),
            zip(names[hit], value[hit].tolist(), share[hit].tolist(), whole(row[hit]), strict=True),
        ),
    )


def _watched(run: Run, most: float) -> Iterator[Finding]:
    """One number far from all others, again and again, in what enters the model."""
    looks = [one for one in pairs(run) if count(one, "features")]
    marked = list(marked_batches(run))
    if not looks and not marked:
        raise Undecided("watched-data-look")
    for look in looks:
        value, share, columns = (figure(look, key) for key in ("mark", "marked_share", "marked"))
        if columns >= 1 and 0 < share <= most and np.isfinite(value):
            usual = abs(value) >= USUAL and value == round(value)
            yield Finding(
                onset=None,
                values={
                    "columns": int(columns),
                    "names": f"x[{int(figure(look, 'marked_feature', 0))}]",
                    "value": value,
                    "share": share,
                },
                confidence=0.95 if usual else 0.7,
                severity=Severity.CRITICAL if usual else None,
            )
            return
    if looks or len(marked) < BATCHES:
        return  # the samples themselves were looked at, or there is no more than a chance
    batch, value, share = marked[0]
    yield Finding(
        onset=None,
        values={"columns": count(batch, "features") or 1, "names": "x", "value": value, "share": share},
        confidence=0.9,
        severity=Severity.CRITICAL,
        place=batch.places.get("at"),
    )


RULE = Rule(
    id="sentinel-in-features",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:features", optional=True),
        Need("event:batch", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("fill-missing-values",),
    explains=(
        "distribution-shift",
        "inputs-not-scaled",
        "loss-flat",
        "plateau",
        "slow-descent",
        "overfitting",
        "loss-oscillation",
        "non-finite-loss",
        "loss-divergence",
        "initial-loss-off",
    ),
    thresholds={"most": MOST},
    confidence=0.8,
    domain=("D2",),
)
