"""Inputs of training and validation that are the same data on another scale, where their targets are not known."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Severity
from ..pairs import figure, pairs
from ..seen import count

ROWS, COLUMNS = 100, 4  # samples of each part, and features
CHANCE = 2.0  # times what chance makes of the correlations of the features
NEARLY_ALL, SAME_DATA = 0.8, 0.6  # share of their features that lie elsewhere; correlation of how they go together


def inputs_apart(run: Run, scale: float, moved: float) -> Iterator[Finding]:
    """Inputs whose targets are not known (of a loss by hand): the same data by how their features go together, on another scale."""
    for look in pairs(run, inputs=True):
        if min(count(look, "train"), count(look, "val")) < ROWS or count(look, "varying") < COLUMNS:
            continue
        ratio, distance = figure(look, "shift_scale", 0), figure(look, "shift_moved", 0)
        apart = figure(look, "structure", CHANCE) < CHANCE  # features that do not go together at all cannot do so alike
        least = 1.0 if apart else NEARLY_ALL
        if figure(look, "shifted", 0) < least or not (apart or figure(look, "shift_alike", 0) >= SAME_DATA):
            continue
        if ratio >= scale or distance >= moved:
            features = count(look, "features")
            yield Finding(
                onset=None,
                values={"columns": features, "of": features, "names": "…", "ratio": ratio},
                confidence=0.85,
                severity=Severity.CRITICAL,
            )
