"""What the graph tells of a loss that is written by hand, whose targets nobody sees."""

from dataclasses import dataclass
from math import inf, isfinite

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..operations import LAYOUT, LINEAR, SOFTMAX
from ..seen import number, place, proportional, shape, texts
from ..source import program
from ..source.targets import standardised_target

RANGES = {"Relu": (0.0, inf), "Sigmoid": (0.0, 1.0), "Tanh": (-1.0, 1.0), **dict.fromkeys(SOFTMAX, (0.0, 1.0))}
BEYOND = 1.01
"""Mean distance between numbers from 0 to 1: none is larger than 1, nor its square."""
USUAL = 0.1  # rate of SGD: more is not usual for a mean either
DIVERGED = 10.0  # times the first loss


@dataclass(frozen=True, slots=True)
class Squeezed:
    """The last operation before a distance. `far`: by the size of the loss; else by the source."""

    operation: str
    far: bool
    place: Place | None


def squeezed_by_hand(run: Run) -> Squeezed | None:
    """A mean distance by hand from targets that the last activation does not reach."""
    graphs = run.happened("graph")
    kept = {tuple(op for op in texts(one, "root_ops") if op not in LAYOUT) for one in graphs}
    match next(iter(kept)) if len(kept) == 1 else ():
        case ("Mean", "Pow" | "Abs", "Sub", last, layer) if last in RANGES and layer in LINEAR:
            values = [number(one, "value") or 0.0 for one in graphs]
            far = RANGES[last] == (0.0, 1.0) and sum(values) > BEYOND * len(values)
            if far or (run.happened("source") and standardised_target(program(run))):
                return Squeezed(last, far, place(graphs[0], "layer", "at"))
    return None


def summed_by_hand(run: Run) -> tuple[Event | None, int]:
    """A sum over the samples that SGD diverges on, at a rate that is usual for a mean; and how many samples."""
    optimizer, loss = proportional(run), run.series.get("train/loss")
    rate = number(optimizer, "lr") if optimizer is not None else None
    graph = next(iter(run.happened("graph")), None)
    if rate is None or rate > USUAL or graph is None or loss is None or len(loss) < 2:
        return None, 0
    kept = [op for op in texts(graph, "root_ops") if op not in LAYOUT]
    rows = max(
        ((shape(one, "shape") or (0,))[0] for one in run.happened("batch") if shape(one, "shape") != ()), default=0
    )
    first, last = float(loss.value[0]), float(loss.value[-1])
    summed = kept[:1] == ["Sum"] and not {"Div", "Mul", "Mean"} & set(kept)
    diverged = not isfinite(last) or last > DIVERGED * abs(first)
    return (graph, rows) if summed and diverged and rows > 1 and rate * rows >= 1 else (None, 0)
