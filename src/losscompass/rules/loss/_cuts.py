"""Cuts that leave something else to learn: what lies behind them stands still while the loss falls."""

from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..rewrite import same_scope
from ..seen import count, flag, latest, number, place, shown, texts

STEPS = 10


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
    yield from _unreached(run)


def _unreached(run: Run) -> Iterator[tuple[str, Place | None, Place | None]]:
    """One of several optimisers steps and steps, and no backward ever reaches it, although its network is at work."""
    loops = latest(run, "loop", "optimizer")
    for loop in loops:
        steps, mine = count(loop, "steps"), number(loop, "optimizer")
        if len(loops) < 2 or steps < STEPS or count(loop, "backwards") or count(loop, "steps_without_gradient") < steps:
            continue
        looks = [one for one in run.happened("coverage") if number(one, "optimizer") == mine]
        others = [one for one in run.happened("coverage") if number(one, "optimizer") != mine]
        if not looks or any(count(one, "reached_held") for one in looks):
            continue
        held = count(looks[-1], "held")  # its network is at work where as many tensors are called and not reached
        if count(looks[-1], "held_not_reached") == held and any(count(one, "cut") >= held for one in (*looks, *others)):
            cut = place(looks[-1], "cut")
            yield shown(texts(looks[-1], "held_not_reached_names")), cut or place(loop, "at"), cut


def computed(run: Run, backward: Place | None) -> Place | None:
    """Where the loss that is back-propagated was computed: the last call before, in the same function."""
    calls = [spot for call in run.happened("loss-call") if (spot := place(call, "at")) is not None]
    before = [
        spot for spot in calls if backward is not None and same_scope(spot, backward) and spot.line <= backward.line
    ]
    return max(before, key=lambda spot: spot.line, default=None)
