"""A running total of the losses is back-propagated: each backward goes through all batches before."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import assigned_name, changed, receiver_of, same_scope, with_plain_assignment
from ..seen import count, looked, loops, place, text

AGAIN = ("modified by an inplace operation", "backward through the graph a second time")
"""What torch says of a backward through what an earlier step has used up."""


def detect(run: Run) -> Iterator[Finding]:
    # An episode's losses, or those of a window, may be older than one step; a total only grows. Two looks tell.
    sites: dict[float, list[int]] = {}
    failed = any(word in text(one, "message") for one in run.happened("failed") for word in AGAIN)
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
