"""Whether a model scales its inputs itself, before its first layer sees them."""

from math import hypot

from ...evidence.records import Event
from ...evidence.run import Run
from ..looks import EARLY, is_weight, values
from ._columns import number

SMALLER = 0.2  # of what the first layer's weights would make of the inputs as they come


def scaled_inside(run: Run, batch: Event) -> bool:
    """Whether the first layer gives far less than its weights make of such a table: it was given something smaller."""
    width = number(batch, "features", 0)
    tracks = [one for one in run.tracks("activation") if f"weight/{one.tensor}.weight" in run.tensors]
    if not tracks or width < 1:
        return False
    weight = run.tensors[f"weight/{tracks[0].tensor}.weight"]
    norms, sizes = values(weight, "norm")[:1], values(weight, "size")[:1]
    means, stds = values(tracks[0], "mean")[:EARLY], values(tracks[0], "std")[:EARLY]  # weights are seen after a step
    if not (is_weight(weight.tensor) and norms.size and sizes.size and means.size and stds.size) or sizes[0] % width:
        return False
    each = float(norms[0]) / float(sizes[0]) ** 0.5
    expected = each * width**0.5 * hypot(number(batch, "mean", 0), number(batch, "std", 0))
    given = max(hypot(float(mean), float(std)) for mean, std in zip(means, stds, strict=False))
    return bool(given < SMALLER * expected)
