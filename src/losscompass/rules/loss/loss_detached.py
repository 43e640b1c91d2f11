"""The loss, or a part of the network, is cut from the graph: what lies behind the cut gets no gradient."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..idle import unreached
from ..rewrite import changed, without_detaching
from ..seen import count, flag, loops, number, place, shown, text, texts
from ._constant_part import constant_part
from ._cuts import computed, severed

LEAST = 3  # losses
NO_GRADIENT = ("does not require grad", "'float' object has no attribute 'backward'")
"""What Python says of the backward of a loss without history, and of one that is a plain number."""


def detect(run: Run) -> Iterator[Finding]:
    models = run.happened("model")
    if models and not any(count(model, "trainable") for model in models):
        return  # nothing wants a gradient: the parameters are frozen, not the loss cut
    found = loops(run)
    losses = max(count(loop, "losses") for loop in found)
    bare = max(count(loop, "loss_without_graph") for loop in found)
    leaves = [graph for graph in run.happened("graph") if flag(graph, "root_is_leaf")]
    whole = len(leaves) == len(run.happened("graph")) and leaves
    failed = any(word in text(one, "message") for one in run.happened("failed") for word in NO_GRADIENT)
    stepped = any(count(loop, "steps") for loop in found) and not any(count(loop, "backwards") for loop in found)
    if whole or failed or (losses >= LEAST and bare == losses and stepped):
        at = next((spot for event in (*run.happened("coverage"), *found) if (spot := place(event, "cut"))), None)
        if leaves and (at is None or without_detaching(at.code) is None):
            at = (
                computed(run, place(leaves[0], "at")) or at
            )  # no cut to be seen: what the loss was given has no history
        spot = at or next((spot for loop in found if (spot := place(loop, "loss"))), None)
        spot = spot or place(leaves[0] if leaves else None, "at")
        yield Finding(
            onset=None,
            values=_values(losses, _all_names(run)),
            place=spot,
            change=changed(spot, without_detaching),
        )
        return
    for names, spot, cut in severed(run):
        yield Finding(
            onset=None,
            values=_values(losses, names or _all_names(run)),
            place=spot,
            change=changed(cut, without_detaching),
        )
        return
    part = constant_part(run)
    if part is not None:
        yield Finding(onset=None, values=_values(losses, part[0], "part"), confidence=0.9, place=part[1])
        return
    yield from _parts(run)


def _values(losses: int, names: str, what: str = "reach") -> dict[str, float | str]:
    return {"what": f"words:loss-detached.{what}", "losses": max(losses, 1), "names": names}


def _all_names(run: Run) -> str:
    held = [texts(one, "held_not_reached_names") for one in run.happened("coverage")]
    models = [text(model, "variable") or text(model, "class") for model in run.happened("model")]
    return shown(held[-1]) if held and held[-1] else shown(tuple(name for name in models if name)) or "model"


def _parts(run: Run) -> Iterator[Finding]:
    """Parameters that the optimiser holds and no loss ever reached, though their modules are called and want to learn."""
    coverage = run.happened("coverage")
    if any(flag(model, "loaded") for model in run.happened("model")):
        return  # features of a network that was trained before are detached on purpose
    moved = {track.tensor for track in run.tracks("gradient") for norm in track.stats.get("norm", ()) if norm > 0}
    moved |= {one.tensor for one in run.tracks("weight") if len(set(one.stats.get("norm", ()))) > 1}  # by hand
    idle = {number(one.loop, "optimizer") for one in unreached(run) if one.cut is None}  # another rule's
    for holder in sorted({number(one, "optimizer") or 0.0 for one in coverage} - idle):
        looks = [one for one in coverage if (number(one, "optimizer") or 0.0) == holder]
        cut = set.intersection(
            *(set(texts(one, "cut_names")) & set(texts(one, "held_not_reached_names")) for one in looks)
        )
        if not cut - moved:
            continue
        last = looks[-1]
        names = tuple(name for name in texts(last, "cut_names") if name in cut - moved)
        spot = place(last, "cut", "model", "at")
        yield Finding(
            onset=None,
            values=_values(len(looks), shown(names)),
            severity=Severity.WARNING,
            place=spot,
            change=changed(place(last, "cut"), without_detaching),
        )
        return


RULE = Rule(
    id="loss-detached",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
        Need("event:coverage", optional=True),
        Need("event:model", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:failed", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:source", optional=True),
        Need("tensor:gradient", optional=True),
        Need("tensor:weight", optional=True),
    ),
    detect=detect,
    remedies=("keep-the-graph",),
    explains=("loss-flat", "plateau", "slow-descent", "chance-level-loss", "constant-metric", "backward-missing"),
    domain=("T9",),
)
