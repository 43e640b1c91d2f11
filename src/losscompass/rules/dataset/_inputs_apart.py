"""Inputs of training and validation that are the same data on another scale, where their targets are not known."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Severity
from ..pairs import figure, network, pairs
from ..seen import count, text

ROWS, COLUMNS = 100, 4  # samples of each part, and features
FEW = 24  # of each part, where the network is seen to be worse on the validation
FELL = 0.25  # so much less skill, of answers one a pixel
CHANCE = 2.0  # times what chance makes of the correlations of the features
NEARLY_ALL, SAME_DATA = 0.8, 0.6  # share of their features that lie elsewhere; correlation of how they go together


def inputs_apart(run: Run, scale: float, moved: float) -> Iterator[Finding]:
    """Inputs whose targets are not known (of a loss by hand): the same data by how their features go together, on another scale."""
    for look in pairs(run, inputs=True):
        rows = FEW if _fell(run, look) else ROWS
        if min(count(look, "train"), count(look, "val")) < rows or count(look, "varying") < COLUMNS:
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


def _fell(run: Run, look: Event) -> bool:
    """Whether the network, asked for classes of pixels, is far worse on the validation than on the training."""
    for one in pairs(run):
        if text(one, "kind") == "dense" and count(one, "model") == count(look, "model"):
            net, theirs = network(one, "train"), network(one, "val")
            if net is not None and theirs is not None and theirs < net - FELL:
                return True
    return False
