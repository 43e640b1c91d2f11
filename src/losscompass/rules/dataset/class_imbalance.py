"""Classes of very different size: a constant guess scores well, and the rare class is not learned (D3, J6)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import LOOKED, figure, pairs
from ..seen import number as told
from ._columns import column, event, figures, number, table, text, whole

RATIO = Threshold(
    9.0, unit="rows of the largest class over those of the smallest", basis="calibration/class-imbalance.json"
)
FEWEST = 50  # rows, below which shares are chance
LEAST, NEVER = 20, 0.05  # pixels of the rare class that were looked at, and the share of them that was found
NEXT = 0.9  # share of the targets that are the next token of the input
FOUND = 0.5  # share of the rare class that the network finds, from which on it is not ignored
SEEN = 3  # samples of the rare class among the answers that were looked at
SOME, MUCH = 0.1, 30.0  # found by the network, of a class that is not so many times rarer


def detect(run: Run, ratio: float = RATIO.value) -> Iterator[Finding]:
    target, labels = event(run, "target"), event(run, "labels")
    if target is None and (ignored := _ignored(run, ratio)) is not None:
        yield ignored
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
    if target is None and _found(run, float(counts[common] / counts[rare])):
        return
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
        place=place,
    )


def _ignored(run: Run, ratio: float) -> Finding | None:
    """Of a watched run with a class a pixel: a rare one that the network never says."""
    if any((told(one, "target_is_next") or 0.0) >= NEXT for one in run.happened("loss-call")):
        return None  # tokens of a language are never of one frequency
    for look in pairs(run):
        rare, val, rows = figure(look, "train_rarest"), figure(look, "val_rarest"), figure(look, "train_net_rows", 0)
        dense = look.data.get("kind") == "dense" and rows * rare >= LEAST
        if figure(look, "train_majority", 0) < ratio * rare:
            continue  # many classes, each of them rare
        if dense and rare * (ratio + 1) <= 1 and figure(look, "train_rarest_found", 1) < NEVER and val * 2 < 1:
            common = figure(look, "train_majority", 0)
            values: dict[str, float | str] = {
                "ratio": common / rare,
                "common": "0",
                "rare": "1",
                "share": common,
                "rare_share": rare,
                "column": "",
            }
            return Finding(onset=None, values=values, severity=Severity.CRITICAL, place=look.places.get("train"))
    return None


def _found(run: Run, ratio: float) -> bool:
    """Of a watched run: whether the network finds the rare class all the same."""
    for look in pairs(run):
        mine = [figure(look, key, np.nan) for key in ("train_rarest_found", "val_least_found")]
        seen = [figure(look, f"{part}_rarest", 0) * figure(look, f"{part}_net_rows", 0) for part in ("train", "val")]
        if ratio >= MUCH and max(seen) < SEEN:
            continue  # of one or two samples nothing can be said
        known = [one for one in mine if np.isfinite(one)]
        if known and look.data.get("kind") != "number":
            return min(known) >= FOUND or (ratio < MUCH and mine[0] > SOME)
    return False


RULE = Rule(
    id="class-imbalance",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:target", optional=True),
        Need("event:labels", optional=True),
        Need("event:loss-call", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("rebalance-classes",),
    explains=("constant-metric", "stalled-metric"),
    thresholds={"ratio": RATIO},
    confidence=0.8,
    domain=("D3", "J6"),
)
