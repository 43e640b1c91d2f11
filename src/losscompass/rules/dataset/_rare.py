"""Whether the network of a watched run finds the rare class."""

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Severity
from ..pairs import figure, pairs
from ..seen import flag, number, numbers, text

LEAST, NEVER = 20, 0.05  # pixels of the rare class that were looked at, and the share of them that was found
NEXT = 0.9  # share of the targets that are the next token of the input
FOUND = 0.5  # share of the rare class that the network finds, from which on it is not ignored
SEEN = 8  # samples of the rare class among the answers that were looked at: of fewer no recall is told
SOME, MUCH = 0.1, 30.0  # found by the network, of a class that is not so many times rarer


def ignored(run: Run, ratio: float) -> Finding | None:
    """Of a watched run with a class a pixel: a rare one that the network never says."""
    if any((number(one, "target_is_next") or 0.0) >= NEXT for one in run.happened("loss-call")):
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


def weighed(run: Run) -> bool:
    """Whether the training loss weighs the classes: then their shares are known to whoever wrote it."""
    return any(
        text(call, "phase") != "val" and (flag(call, "class_weights") or numbers(call, "pos_weight"))
        for call in run.happened("loss-call")
    )


def found(run: Run, ratio: float) -> bool | None:
    """Of a watched run: whether the network finds the rare class all the same; None where its answers were not seen."""
    missed = None
    for look in pairs(run):
        mine = [figure(look, key, np.nan) for key in ("train_rarest_found", "val_least_found")]
        seen = [figure(look, f"{part}_rarest", 0) * figure(look, f"{part}_net_rows", 0) for part in ("train", "val")]
        known = [one for one in mine if np.isfinite(one)]
        if not known or look.data.get("kind") == "number":
            continue
        missed = False
        if ratio >= MUCH and max(seen) < SEEN:
            continue  # of one or two samples nothing can be said
        return min(known) >= FOUND or (ratio < MUCH and mine[0] > SOME)
    return missed
