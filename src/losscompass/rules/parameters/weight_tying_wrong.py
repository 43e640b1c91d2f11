"""Two layers that are meant to share their weights: copied instead of shared, scaled out of proportion, or cut off."""

from collections.abc import Iterator
from math import log

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..source import place_at, program
from ..source.ties import ties

THRESHOLDS = {
    "large": Threshold(
        8.0, "factor of the shared table", "a scale of 1 or 1/√width is usual; the zoo's fault has 1,024"
    ),
    "off": Threshold(1.5, "first loss over that of guessing", "zoo: char_lm, 1.0 with a tie and 5 with a scaled one"),
}


def detect(
    run: Run, *, large: float = THRESHOLDS["large"].value, off: float = THRESHOLDS["off"].value
) -> Iterator[Finding]:
    for one in ties(program(run)):
        if one.form == "scaled" and (abs(one.factor) < large or not _starts_high(run, off)):
            continue
        yield Finding(
            onset=None,
            values={
                "what": f"words:weight-tying-wrong.{one.form}",
                "layer": one.layer,
                "other": one.other,
                "factor": one.factor,
            },
            place=place_at(one.file, one.node),
        )
        return


def _starts_high(run: Run, off: float) -> bool:
    """Whether the first loss lies far above that of guessing; true where nothing is known of that."""
    losses, classes = run.series.get("train/loss"), run.facts.get("classes")
    if losses is None or not len(losses) or not isinstance(classes, int | float) or classes < 2:
        return True
    return bool(losses.value[0] > off * log(classes))


RULE = Rule(
    id="weight-tying-wrong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:source", optional=True),
        Need("fact:classes", optional=True),
        Need("train/loss", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=("initial-loss-off", "slow-descent", "loss-still-falling", "plateau", "chance-level-loss"),
    thresholds=THRESHOLDS,
    confidence=0.85,
    domain=("T9",),
)
