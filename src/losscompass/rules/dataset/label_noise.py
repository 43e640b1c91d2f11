"""Labels that are probably wrong: how many, with an interval, and which rows (D4)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ..pairs import CERTAIN as ERRORS
from ..pairs import LOOKED, enough, error, figure, network, pairs, skill, speaks
from ._columns import column, figures, known, number, table, whole

SHARE = Threshold(0.03, unit="estimated share of wrong labels", basis="calibration/label-noise.json")
CERTAIN = Threshold(
    0.4,
    unit="contradicted labels where the model is surest over those everywhere",
    basis="calibration/label-noise.json",
)
FEWEST = 5  # rows that must be doubted
CLEAN = 0.4  # skill on the validation, from which on its labels are as they should be
LEFT = 0.7  # of it, at most, in the training
HALF = 0.45  # estimated share from which on the model, not the labels, is in doubt


def detect(run: Run, share: float = SHARE.value, certain: float = CERTAIN.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run)
        return
    doubted = known(run, "labels-doubted")
    score, guess, estimated = (number(doubted, key) for key in ("score", "guess", "share"))
    if score < guess + 0.5 * (1 - estimated - guess) or estimated > HALF:
        raise Undecided(
            "labels-beyond-the-model"
        )  # a model that learned little of what the labels allow cannot call them wrong
    rows, count = whole(figures(doubted, "rows")), int(number(doubted, "doubted", 0))
    if estimated < share or count < FEWEST:
        return
    if number(doubted, "certain") < certain * (1 - score):
        return  # the model errs where it is unsure: the classes overlap
    looked_at, all_rows = number(doubted, "looked_at"), number(doubted, "whole_rows")
    yield Finding(
        onset=None,
        values={
            "share": estimated,
            "low": number(doubted, "low"),
            "high": number(doubted, "high"),
            "count": count,
            "looked_at": int(looked_at),
            "estimated": round(estimated * all_rows),
        },
        exhibits=table(
            ("row", "given", "likely", "surer-by"),
            zip(
                rows,
                column(doubted, "given").astype(str),
                column(doubted, "suggested").astype(str),
                figures(doubted, "margins").tolist(),
                strict=True,
            ),
        ),
    )


def _watched(run: Run) -> Iterator[Finding]:
    """Neighbours agree on the labels of the validation and not on those of the training, though one speaks of the other."""
    looks = list(pairs(run))
    if not looks:
        raise Undecided("watched-data-look")
    for look in looks:
        if figure(look, "train_again", 0) < 1 or not enough(look, "train", "val"):
            continue  # inputs that never come again are augmented: that makes neighbours disagree as well
        mine, theirs = max(figure(look, "train_near", 0), 0.0), figure(look, "val_near", 0)
        apart = ERRORS * (error(look, "train") ** 2 + error(look, "val") ** 2) ** 0.5
        net, val_net = network(look, "train"), network(look, "val")
        if (
            not speaks(look, "val", CLEAN)
            or mine > LEFT * theirs
            or theirs - mine < apart
            or not skill(look, "across") >= max(0.15, 2.5 * error(look, "val"))
            or figure(look, "shifted", 1.0) > 0.25
            or (net is not None and val_net is not None and net > LEFT * val_net + 0.1)
        ):
            continue
        share, rows = 1 - (mine / theirs) ** 0.5, int(figure(look, "train", 0))
        wide = apart / ERRORS
        yield Finding(
            onset=None,
            values={
                "share": share,
                "low": max(0.0, share - wide),
                "high": min(1.0, share + wide),
                "count": round(share * rows),
                "looked_at": rows,
                "estimated": round(share * rows),
            },
            confidence=0.85,
        )
        return


RULE = Rule(
    id="label-noise",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:audited|fact:watched"), Need("event:labels-doubted", optional=True), LOOKED),
    detect=detect,
    remedies=("review-labels",),
    explains=("plateau", "overfitting", "overconfidence", "validation-below-train", "loss-flat", "slow-descent"),
    thresholds={"share": SHARE, "certain": CERTAIN},
    confidence=0.67,
    domain=("D4",),
)
