"""Classes of very different size: a constant guess scores well, and the rare class is not learned (D3, J6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import LOOKED
from ._columns import column, event, figures, number, table, text, whole
from ._rare import found, ignored, weighed

RATIO = Threshold(
    9.0, unit="rows of the largest class over those of the smallest", basis="calibration/class-imbalance.json"
)
FEWEST = 50  # rows, below which shares are chance


def detect(run: Run, ratio: float = RATIO.value) -> Iterator[Finding]:
    target, labels = event(run, "target"), event(run, "labels")
    if target is None and (missed := ignored(run, ratio)) is not None:
        yield missed
        return
    if target is not None and len(figures(target, "counts")) >= 2:
        counts, names, place = figures(target, "counts"), column(target, "classes").astype(str), None
    elif labels is not None and number(labels, "classes", 0) >= 2:
        counts = figures(labels, "shares") * number(labels, "samples", 0)
        names, place = np.arange(counts.size).astype(str), labels.places.get("at")
    elif target is None:
        raise Undecided("target-column")
    else:
        return
    present = counts > 0
    if counts.sum() < FEWEST or np.count_nonzero(present) < 2:
        return
    rare, common = int(np.where(present, counts, np.inf).argmin()), int(counts.argmax())
    if counts[common] < ratio * counts[rare]:
        return
    severity = None
    if target is None:
        seen = found(run, float(counts[common] / counts[rare]))
        if (
            seen or weighed(run) or run.facts.get("reinforcement") is True
        ):  # of actions, the better ones are taken more often
            return
        severity = None if seen is False else Severity.NOTE
    order = np.argsort(-counts, kind="stable")
    shares = counts / counts.sum()
    yield Finding(
        onset=None,
        values={
            "ratio": float(counts[common] / counts[rare]),
            "common": names[common],
            "rare": names[rare],
            "share": float(shares[common]),
            "rare_share": float(shares[rare]),
            "column": "" if target is None else text(target, "name"),
        },
        exhibits=table(
            ("class", "rows", "share"), zip(names[order], whole(counts[order]), shares[order].tolist(), strict=True)
        ),
        severity=severity,
        place=place,
    )


RULE = Rule(
    id="class-imbalance",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:target", optional=True),
        Need("event:labels", optional=True),
        Need("event:loss-call", optional=True),
        Need("fact:reinforcement", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("rebalance-classes",),
    explains=("constant-metric", "stalled-metric"),
    thresholds={"ratio": RATIO},
    confidence=0.8,
    domain=("D3", "J6"),
)
