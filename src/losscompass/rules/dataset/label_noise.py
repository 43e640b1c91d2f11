"""Labels that are probably wrong: how many, with an interval, and which rows (D4)."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided
from ._columns import AUDITED, column, figures, known, number, table, whole

SHARE = Threshold(0.03, unit="estimated share of wrong labels", basis="calibration/label-noise.json")
CERTAIN = Threshold(
    0.4,
    unit="contradicted labels where the model is surest over those everywhere",
    basis="calibration/label-noise.json",
)
FEWEST = 5  # rows that must be doubted
HALF = 0.45  # estimated share from which on the model, not the labels, is in doubt


def detect(run: Run, share: float = SHARE.value, certain: float = CERTAIN.value) -> Iterator[Finding]:
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


RULE = Rule(
    id="label-noise",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:labels-doubted", optional=True)),
    detect=detect,
    remedies=("review-labels",),
    explains=("plateau", "overfitting", "overconfidence"),
    thresholds={"share": SHARE, "certain": CERTAIN},
    confidence=0.67,
    domain=("D4",),
)
