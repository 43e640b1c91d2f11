"""The same patient, user or recording in training and validation (D5): the model knows them, not the task."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ._columns import AUDITED, column, figures, known, listed, number, text

SHARE = Threshold(
    0.05, unit="share of the validation rows whose group is in training", basis="calibration/group-overlap.json"
)
FEWEST = 10  # groups: fewer are categories
MEMBERS = 1.5  # rows a group, at least: else it only numbers the rows


def detect(run: Run, share: float = SHARE.value) -> Iterator[Finding]:
    groups = known(run, "groups")
    count, rows = number(groups, "train_groups", 0), figures(groups, "rows")
    shared = number(groups, "val_rows_shared", 0)
    if count < FEWEST or rows[0] < MEMBERS * count or shared < share:
        return
    yield Finding(
        onset=None,
        values={
            "column": text(groups, "column"),
            "share": shared,
            "shared": int(number(groups, "shared_groups", 0)),
            "of": int(number(groups, "val_groups", 0)),
            "examples": listed(column(groups, "examples"), 3),
        },
    )


RULE = Rule(
    id="group-overlap",
    kind="cause",
    severity=Severity.WARNING,
    needs=(AUDITED, Need("event:groups", optional=True)),
    detect=detect,
    remedies=("split-again",),
    thresholds={"share": SHARE},
    confidence=0.75,
    domain=("D5",),
)
