"""A target in large units, as a squared error that was written by hand tells it."""

from ...evidence.run import Run
from ..base import Finding, Severity, Threshold
from ..distance import size_of_target
from ..looks import update_ratio
from ..oversteps import TURNED, seen_in_the_weights
from ..seen import proportional

SIZE = Threshold(20.0, unit="size of the target, where 1 is standardised", basis="calibration/target-not-scaled.json")


def raw_target_in_the_loss(run: Run) -> Finding | None:
    """A first squared error far beyond what the outputs can make, and steps that only a target of size 1 would bear."""
    size, loss = size_of_target(run), run.curve("train")
    if size < SIZE.value or loss is None or not len(loss) or run.facts.get("reinforcement") is True:
        return None
    bears = proportional(run) is not None and update_ratio(run) <= TURNED * size / 2
    if not bears or seen_in_the_weights(run) is None:
        return None
    values: dict[str, float | str] = {"column": "y", "mean": "–", "std": "–", "variance": size * size}
    return Finding(onset=None, values=values, severity=Severity.CRITICAL, confidence=0.85)
