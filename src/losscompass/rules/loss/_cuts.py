"""Cuts that leave something else to learn: what lies behind them stands still while the loss falls."""

from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..idle import unreached
from ..rewrite import same_scope
from ..seen import count, flag, number, place


def severed(run: Run) -> Iterator[tuple[str, Place | None, Place | None]]:
    """Names of what gets no gradient, the line to look at, and the line of the cut, where it was seen."""
    graphs = [graph for graph in run.happened("graph") if not flag(graph, "root_is_leaf")]
    if not graphs:
        return
    strange = [one for one in graphs if number(one, "registered") == 0 == number(one, "holders")]
    if len(strange) == len(graphs) and all(count(one, "parameters") for one in graphs) and run.happened("optimizer"):
        cut = place(strange[0], "cut")
        yield "", cut or place(strange[0], "at"), cut
    parted = [flag(one, "kl_parted") for one in graphs if "kl_parted" in one.data]
    cut = next((spot for one in reversed(graphs) if (spot := place(one, "drawn"))), None) or place(
        graphs[-1], "repeated-cut"
    )
    if parted and all(parted) and cut is not None:  # without one, other losses may train what the latents feed
        yield "", cut, cut
    lost = [place(one, "lost") for one in graphs]
    if all(lost):
        yield "", lost[0], lost[0]
    for one in unreached(run):
        if one.cut is not None:  # else nothing is cut: it is the backward that is missing
            yield one.names, one.cut, one.cut


def computed(run: Run, backward: Place | None) -> Place | None:
    """Where the loss that is back-propagated was computed: the last call before, in the same function."""
    calls = [spot for call in run.happened("loss-call") if (spot := place(call, "at")) is not None]
    before = [
        spot for spot in calls if backward is not None and same_scope(spot, backward) and spot.line <= backward.line
    ]
    return max(before, key=lambda spot: spot.line, default=None)
