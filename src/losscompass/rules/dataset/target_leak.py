"""A feature that gives the target away: it is the target in another dress, or known only after it (D5)."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import LOOKED, enough, figure, pairs
from ._columns import column, figures, known, listed, number, table

SKILL = Threshold(
    0.9, unit="share of the target that the feature tells by itself", basis="calibration/target-leak.json"
)
REST = Threshold(0.75, unit="skill of the next feature over that of this one", basis="calibration/target-leak.json")
FEWEST = 100  # rows
ALONE = 0.98  # share that one input tells by itself, in a straight line, in a watched run
NEARLY, NEXT, ADDS = 0.9, 0.25, 0.01  # or this, where the next tells so little, and all others together add so little
SUSPECTS = 3  # features at most: where many tell everything, the task is easy


def detect(run: Run, skill: float = SKILL.value, rest: float = REST.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run, rest)
        return
    giveaway = known(run, "giveaway")
    if number(giveaway, "rows", 0) < FEWEST:
        raise Undecided("rows-with-target")
    names, skills = column(giveaway, "names"), figures(giveaway, "skills")
    hit = np.flatnonzero(skills >= skill)
    if not 0 < hit.size <= SUSPECTS:
        return
    others = np.delete(skills, hit)
    if others.size and others.max() > rest * skills[hit].min():
        return
    yield Finding(
        onset=None,
        values={
            "columns": int(hit.size),
            "names": listed(names[hit]),
            "skill": float(skills[hit].max()),
            "next": float(others.max(initial=0.0)),
        },
        exhibits=table(("column", "skill"), zip(names, np.maximum(skills, 0.0).tolist(), strict=True), 5),
        severity=None if others.size else Severity.NOTE,  # an only feature may well be all there is to know
    )


def _watched(run: Run, rest: float) -> Iterator[Finding]:
    looks = list(pairs(run))
    if not looks:
        raise Undecided("watched-data-look")
    for look in looks:
        best, second = figure(look, "single_best", 0), figure(look, "single_next", 0)
        alone = best >= ALONE and second <= rest * best
        if enough(look, "train") and (alone or _all_by_one(look)) and figure(look, "varying", 0) >= 3:
            name = f"x[{int(figure(look, 'single_feature', 0))}]"
            yield Finding(onset=None, values={"columns": 1, "names": name, "skill": best, "next": second})
            return


def _all_by_one(look: Event) -> bool:
    """Whether one input is nearly the target and the others next to nothing, and a straight line through all adds nothing to it."""
    best, second = figure(look, "single_best", 0), figure(look, "single_next", 0)
    return best >= NEARLY and second <= NEXT * best and figure(look, "train_ridge", 1.0) <= best + ADDS


RULE = Rule(
    id="target-leak",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:audited|fact:watched"), Need("event:giveaway", optional=True), LOOKED),
    detect=detect,
    remedies=("drop-columns",),
    explains=("validation-below-train", "overfitting"),
    thresholds={"skill": SKILL, "rest": REST},
    confidence=0.75,
    domain=("D5",),
)
