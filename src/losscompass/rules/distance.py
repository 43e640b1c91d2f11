"""A squared distance between what a model gives and what it should give: how far apart they are at first, and how they are summed."""

from ..evidence.records import Event
from ..evidence.run import Run
from .looks import values
from .operations import LAYOUT, LINEAR
from .seen import number, steps_in, texts

AVERAGING, MEAN = {"Sum", "Div", "Mul", "Mean"}, 0.02  # and how far from 1 the weights of a mean may add up to
FAR = 3.0  # times the size of the outputs: then the distance is the size of the targets


def form(graph: Event) -> str:
    """By what ("Mean", "Sum") the squares of differences were put together by hand; "" where it is no such loss."""
    ops = [name.rstrip("0123456789") for name in texts(graph, "root_ops")]
    kept = [name for name in ops if name not in LAYOUT]
    if len(kept) == 4 and kept[1:3] == ["Pow", "Sub"] and kept[3] in LINEAR | {"Add"} and kept[0] in {"Mean", "Sum"}:
        return kept[0]
    at, weight = kept.index("Pow") if "Pow" in kept else len(kept), number(graph, "total_weight")
    head, behind = kept[:at], kept[at + 1 : at + 3]
    squares = len(behind) == 2 and behind[0] == "Sub" and behind[1] in LINEAR | {"Add"}
    if squares and set(head) <= AVERAGING and weight is not None and abs(weight - 1.0) < MEAN:
        return "Mean"  # of those that a mask leaves
    return ""


def size_of_target(run: Run) -> float:
    """The root mean square of the target, where a first mean squared error tells it; else 0."""
    graph = next(iter(run.happened("graph")), None)
    value = number(graph, "value") if graph is not None and form(graph) == "Mean" else None
    tracks = run.tracks("activation")
    if graph is None or value is None or value <= 0 or steps_in(run, graph) > 0 or not tracks:
        return 0.0
    means, spreads = values(tracks[-1], "mean")[:1], values(tracks[-1], "std")[:1]
    if not means.size or not spreads.size:
        return 0.0
    size = float(value) ** 0.5
    given = float(abs(means[0]) + spreads[0])
    return size if size >= FAR * given else 0.0
