"""What becomes of the inputs as they come: whether a model scales them itself, whether it learns from them all the same."""

from math import hypot, log

from ...evidence.records import Event
from ...evidence.run import Run
from ..looks import EARLY, is_weight, values
from ..pairs import TELLS, network, pairs, skill
from ._columns import number

SMALLER = 0.2  # of what the first layer's weights would make of the inputs as they come
LEARNT = 0.9  # skill (1 is all) from which on the scale of the inputs does no harm: the zoo's networks that are harmed have 0.85 and less
OFF = 2.5  # times the loss of a guess


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


def learns(run: Run) -> bool:
    """Whether the network gets out of the inputs what there is in them, or nearly all: then their scale does no harm."""
    known = [
        (max(nets), max(skill(look, part) for part in ("train", "val")))
        for look in pairs(run)
        if (nets := [net for part in ("train", "val") if (net := network(look, part)) is not None])
    ]
    return bool(known) and all(net >= LEARNT or net >= plain >= TELLS for net, plain in known)


def measurements(run: Run, batch: Event) -> bool:
    """Whether it holds measurements: no ids; whole numbers only of a picture that makes the first loss far too large."""
    if not batch.data.get("whole"):
        return True
    loss, classes, shape = run.curve("train"), run.facts.get("classes"), batch.data.get("shape")
    if not isinstance(shape, tuple) or len(shape) < 3 or not str(batch.data.get("dtype")).startswith("float"):
        return False
    if loss is None or not len(loss) or not isinstance(classes, int) or classes < 2:
        return False
    return bool(loss.value[0] > OFF * log(classes))
