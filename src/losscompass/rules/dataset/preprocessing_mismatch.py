"""Most columns of the validation lie on another scale than those of the training: the two were prepared differently (D8)."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..pairs import LOOKED, enough, figure, network, pairs, skill
from ..seen import count
from ..source import program_told
from ..source.prepared import prepared_otherwise
from ._batches import on_another_scale
from ._columns import column, figures, known, listed, table
from ._inputs_apart import inputs_apart

SCALE = Threshold(3.0, unit="ratio of the spreads", basis="calibration/preprocessing-mismatch.json")
MOVED = Threshold(3.0, unit="difference of the means in spreads", basis="calibration/preprocessing-mismatch.json")
MOST = 0.5  # share of the columns that vary
FEWEST = 20  # rows of each part
BETTER = 0.2  # so much more skill where each part is standardised by itself
FELL = 0.25  # so much less skill of the network on the validation


def detect(run: Run, scale: float = SCALE.value, moved: float = MOVED.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run, scale, moved)
        return
    splits = known(run, "splits")
    if figures(splits, "rows").min() >= FEWEST:
        names = column(splits, "names")
        mean, other, std, their = (column(splits, key) for key in ("train_mean", "val_mean", "train_std", "val_std"))
        vary = (std > 0) & (their > 0)
        with np.errstate(all="ignore"):
            ratio = np.where(vary, np.maximum(their / std, std / their), 1.0)
            distance = np.where(vary, np.abs(other - mean) / np.minimum(std, their), 0.0)
        hit = np.flatnonzero((ratio >= scale) | (distance >= moved))
        if hit.size and hit.size >= MOST * max(1, int(np.count_nonzero(vary))):
            yield Finding(
                onset=None,
                values={
                    "columns": int(hit.size),
                    "of": int(names.size),
                    "names": listed(names[hit]),
                    "ratio": float(np.median(ratio[hit])),
                },
                exhibits=table(
                    ("column", "training-mean", "training-spread", "validation-mean", "validation-spread"),
                    zip(names[hit], *(x[hit].tolist() for x in (mean, std, other, their)), strict=True),
                ),
            )


def _watched(run: Run, scale: float, moved: float) -> Iterator[Finding]:
    """What enters the model lies elsewhere in the validation, and is worse for it."""
    looks = [one for one in pairs(run) if count(one, "features") and count(one, "val")]
    found = next(inputs_apart(run, scale, moved), None)
    if found is not None:
        yield replace(found, place=prepared_otherwise(program_told(run)))
        return
    if not looks:
        apart = on_another_scale(run, scale)
        if apart is not None:
            columns, ratio = apart
            yield Finding(
                onset=None,
                values={"columns": columns, "of": columns, "names": "…", "ratio": ratio},
                confidence=0.85,
                severity=Severity.CRITICAL,
                place=prepared_otherwise(program_told(run)),
            )
        return
    for look in looks:
        if not enough(look, "train", "val", least=FEWEST) or figure(look, "far_share", 0) > 0:
            continue  # extreme values have a rule of their own
        ratio, distance, shifted = (figure(look, key, 0) for key in ("shift_scale", "shift_moved", "shifted"))
        if shifted < MOST or not (ratio >= scale or distance >= moved or (ratio >= 2 and distance >= 1)):
            continue
        net, val_net = network(look, "train"), network(look, "val")
        fell = net is not None and val_net is not None and val_net < net - FELL
        if skill(look, "across_own") - skill(look, "across") < BETTER and not fell:
            continue
        features = int(figure(look, "features", 0))
        yield Finding(
            onset=None,
            values={"columns": round(min(shifted, 1.0) * features), "of": features, "names": "…", "ratio": ratio},
            confidence=0.9,
            severity=Severity.CRITICAL,
            place=prepared_otherwise(program_told(run)),
        )
        return


RULE = Rule(
    id="preprocessing-mismatch",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:splits", optional=True),
        Need("event:batch", optional=True),
        Need("event:source", optional=True),
        LOOKED,
    ),
    detect=detect,
    remedies=("fit-on-training-only",),
    explains=("distribution-shift", "generalization-gap", "overfitting", "loss-oscillation"),
    thresholds={"scale": SCALE, "moved": MOVED},
    confidence=0.75,
    domain=("D8",),
)
