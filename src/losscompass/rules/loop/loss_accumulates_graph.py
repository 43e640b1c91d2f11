"""A running total of the losses is back-propagated: each backward goes through all batches before."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import assigned_name, changed, receiver_of, same_scope, with_plain_assignment
from ..seen import count, looked, loops, place, step_of, text, texts

AGAIN = ("modified by an inplace operation", "backward through the graph a second time")
"""What torch says of a backward through what an earlier step has used up."""

WEIGHED = frozenset(("Add", "Div", "Mul", "Neg", "Stack", "Cat", "Sub"))
GROWS = 3  # looks


def detect(run: Run) -> Iterator[Finding]:
    # An episode's losses, or those of a window, may be older than one step; a total only grows. Two looks tell.
    sites: dict[float, list[int]] = {}
    failed = any(word in text(one, "message") for one in run.happened("failed") for word in AGAIN)
    if (grown := _by_hand(run, failed)) is not None:
        yield grown
        return
    for graph in looked(run, "graph"):
        seen = sites.setdefault(count(graph, "site"), [])
        seen.append(count(graph, "earlier_losses"))
        # The second backward fails where the step has changed the weights in between: no further look will come.
        grows = len(seen) >= 2 and 0 < seen[-2] < seen[-1]
        if not grows and not (failed and len(seen) >= 2 and seen[0] == 0 and seen[-1] > 0):
            continue
        change = _change(run)
        yield Finding(
            onset=None,
            values={"earlier": seen[-1], "before": seen[-2], "losses": count(graph, "loss_nodes")},
            place=change.place if change else place(graph, "at"),
            change=change,
        )
        return


def _by_hand(run: Run, failed: bool) -> Finding | None:
    """Losses that are written by hand are no nodes of their own: what ends each of them is there once more in each step."""
    retained = sum(count(loop, "retained") for loop in loops(run)) if run.happened("loop") else 0
    sites: dict[float, list[tuple[float, int, Event]]] = {}
    for graph in looked(run, "graph"):
        ended, step = _ends(graph), step_of(graph)
        if ended and step is not None:
            sites.setdefault(count(graph, "site"), []).append((step, ended, graph))
    for seen in sites.values():
        (start, first, _), (end, last, graph) = seen[0], seen[-1]
        every = end > start and all(one[1] - first == first * (one[0] - start) for one in seen)
        # A total that is set back with each step grows from one batch to the next of those that make the step.
        within = [one[1] for one in seen if one[0] == end]
        inside = [count - within[0] for count in within] == [within[0] * at for at in range(len(within))]
        if (every and ((retained and len(seen) >= GROWS) or failed)) or (inside and retained and len(within) >= GROWS):
            values = {"earlier": last - first, "before": seen[-2][1] - first, "losses": last}
            change = _change(run)
            return Finding(
                onset=None, values=values, place=change.place if change else place(graph, "at"), change=change
            )
    return None


def _ends(graph: Event) -> int:
    """How often the operation stands in the graph that ends a loss: the first that is more than adding up and weighing."""
    ops = [name.rstrip("0123456789") for name in texts(graph, "root_ops")]
    ends = next((name for name in ops if name not in WEIGHED), "")
    counts = dict(name.rpartition("×")[::2] for name in texts(graph, "ops"))
    return int(counts[ends]) if counts.get(ends, "").isdigit() else 0


def _change(run: Run) -> Change | None:
    """The total is set instead of added to; else the batch's own loss is what goes backward."""
    for loop in loops(run):
        loss, backward = place(loop, "loss"), place(loop, "backward")
        if (set_anew := changed(loss, with_plain_assignment)) is not None:
            return set_anew
        total, own = receiver_of(backward, "backward"), assigned_name(loss)
        if backward is None or total is None or own in (None, total) or not same_scope(loss, backward):
            continue
        if backward.code.startswith(f"{total}.backward("):
            return Change(place=backward, before=backward.code, after=f"{own}.backward()")
    return None


RULE = Rule(
    id="loss-accumulates-graph",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:loop", optional=True),
        Need("event:failed", optional=True),
    ),
    detect=detect,
    remedies=("keep-batches-apart",),
    explains=("loss-divergence", "loss-oscillation", "loss-flat", "plateau", "non-finite-loss", "slow-descent"),
    confidence=0.97,
    domain=("T9",),
)
