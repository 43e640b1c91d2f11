"""One update an epoch, although the loader gives many batches: backward and step stand outside of the loop."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, loops, number, place

LEAST = 3  # batches of a pass, of which all but one are thrown away
EPOCHS = 2  # passes


def detect(run: Run) -> Iterator[Finding]:
    graphs = looked(run, "graph")
    if any(count(graph, "loss_nodes") > 1 or count(graph, "earlier_losses") for graph in graphs):
        return  # the batches of a pass are added up first: one large batch
    trained = {number(one, "loader") for one in run.happened("labels")}
    batches = [count(one, "batches") for one in run.happened("loader") if number(one, "loader") in trained]
    most = max(batches, default=0)
    for loop in loops(run):
        epochs, backwards = count(loop, "epochs"), count(loop, "any_backwards")
        losses = count(loop, "losses")
        # Every batch got a loss, and one a pass was back-propagated.
        thrown = losses - backwards
        if most < LEAST or epochs < EPOCHS or not 0 < backwards <= epochs + 1:
            continue
        if losses < LEAST * backwards or 10 * losses < 9 * most * (epochs - 1) or count(loop, "steps") > epochs + 1:
            continue
        yield Finding(
            onset=None,
            values={"losses": losses, "backwards": backwards, "thrown": thrown, "epochs": epochs},
            place=place(loop, "backward", "step"),
        )
        return


RULE = Rule(
    id="update-outside-loop",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
        Need("event:labels", optional=True),
        Need("event:loader", optional=True),
    ),
    detect=detect,
    remedies=("order-the-update",),
    explains=(
        "slow-descent",
        "loss-still-falling",
        "plateau",
        "loss-flat",
        "chance-level-loss",
        "learning-rate-too-low",
        "constant-metric",
        "scheduler-step-frequency",
    ),
    confidence=0.95,
    domain=("T9",),
)
