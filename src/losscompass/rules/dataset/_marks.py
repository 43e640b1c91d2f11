"""A usual mark for "missing" among the numbers of every batch."""

from ...evidence.run import Run
from ..base import Finding, Severity
from ..seen import number

ENOUGH = 0.005  # share of the numbers of a batch that are a usual mark; what stands there by chance is rarer
MARKS = (-9999.0, -999.0, -99.0)


def entered(run: Run, most: float) -> Finding | None:
    """A usual mark at the lower end of the numbers that enter the model, in every batch of training."""
    batches = [one for one in run.happened("batch") if one.data.get("phase") == "train"]
    shares = [number(one, "sentinels") or 0.0 for one in batches]
    lows = {number(one, "min") for one in batches}
    if len(batches) < 2 or len(lows) != 1 or not all(ENOUGH <= share <= most for share in shares):
        return None
    (low,), highs = lows, [number(one, "max") or 0.0 for one in batches]
    # It lies far below what the other numbers are: nine tenths of the way down there is nothing.
    if low is None or low not in MARKS or max(map(abs, highs)) > -low / 10:
        return None
    return Finding(
        onset=None,
        values={"columns": 1, "names": "x", "value": low, "share": sum(shares) / len(shares)},
        severity=Severity.CRITICAL,
        confidence=0.95,
        place=batches[0].places.get("at"),
    )
