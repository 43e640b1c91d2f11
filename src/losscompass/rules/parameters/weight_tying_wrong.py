"""Two layers that are meant to share their weights: copied instead of shared, scaled out of proportion, or cut off."""

from collections.abc import Iterator
from math import log

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold
from ..seen import shape
from ..source import place_at, program
from ..source.ties import Tie, ties

THRESHOLDS = {
    "large": Threshold(
        4.0, "factor of the shared table", "a scale of 1 or 1/√width is usual; the zoo's faults have 8 and 1,024"
    ),
    "off": Threshold(1.5, "first loss over that of guessing", "zoo: char_lm, 1.0 with a tie and 5 with a scaled one"),
}


def detect(
    run: Run, *, large: float = THRESHOLDS["large"].value, off: float = THRESHOLDS["off"].value
) -> Iterator[Finding]:
    cut_anew = _cut_anew(run)
    found = [
        one
        for one in ties(program(run))
        if (one.form != "scaled" or (abs(one.factor) >= large and _starts_high(run, off)))
        and (one.form != "reshaped" or cut_anew)
    ]
    if found:
        # The lowest of several is the nearest to the output.
        last = max((one for one in found if (one.form, one.file) == (found[0].form, found[0].file)), key=_line)
        yield Finding(
            onset=None,
            values={
                "what": f"words:weight-tying-wrong.{last.form}",
                "layer": last.layer,
                "other": last.other,
                "factor": last.factor,
            },
            place=place_at(last.file, last.node),
        )


def _line(one: Tie) -> int:
    return int(getattr(one.node, "lineno", 0))


def _cut_anew(run: Run) -> bool:
    """Whether a view of a matrix has the shape of its transpose, and not its numbers."""
    for graph in run.happened("graph"):
        before, after = shape(graph, "scrambled_from"), shape(graph, "scrambled_to")
        if before is not None and after is not None and len(before) == 2 and before == after[::-1]:
            return True
    return False


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
        Need("event:graph", optional=True),
        Need("fact:classes", optional=True),
        Need("train/loss", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=(
        "tensor-layout-wrong",
        "initial-loss-off",
        "slow-descent",
        "loss-still-falling",
        "plateau",
        "chance-level-loss",
    ),
    thresholds=THRESHOLDS,
    confidence=0.85,
    domain=("T9",),
)
