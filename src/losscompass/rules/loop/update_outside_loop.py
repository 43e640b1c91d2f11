"""One update an epoch, although the loader gives many batches: backward and step stand outside of the loop."""

from collections import Counter
from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, loops, number, place, text
from ._thrown_away import LEAST, thrown_away

MANY, MANY_EPOCHS = 5, 3  # the same, and steps, where no loader tells of passes
EPOCHS = 2  # passes


def detect(run: Run) -> Iterator[Finding]:
    graphs = looked(run, "graph")
    if (written := thrown_away(run)) is not None:
        yield written
        return
    if any(count(graph, "loss_nodes") > 1 or count(graph, "earlier_losses") for graph in graphs):
        return  # the batches of a pass are added up first: one large batch
    trained = {number(one, "loader") for one in run.happened("labels")}
    batches = [count(one, "batches") for one in run.happened("loader") if number(one, "loader") in trained]
    most = max(batches, default=0)
    for loop in loops(run):
        epochs, backwards = count(loop, "epochs"), count(loop, "any_backwards")
        losses = count(loop, "losses")
        if _without_a_loader(run, loop):
            yield Finding(
                onset=None,
                values={
                    "losses": losses,
                    "backwards": backwards,
                    "thrown": losses - backwards,
                    "epochs": backwards,
                },
                place=place(loop, "backward", "step"),
            )
            return
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


def _without_a_loader(run: Run, loop: Event) -> bool:
    """Batches that are cut by hand: one loss after the other of the same line, in training, and the last one of many is used."""
    if count(loop, "epochs") or run.happened("loader") or not count(loop, "backwards") >= MANY_EPOCHS:
        return False
    losses, backwards, forwards = count(loop, "losses"), count(loop, "any_backwards"), count(loop, "forwards")
    calls = [call for call in run.happened("loss-call") if text(call, "phase") != "val"]
    one_line = len({number(call, "site") for call in calls}) == 1
    before_a_step = Counter(call.step for call in calls).most_common(1)
    often = bool(before_a_step) and before_a_step[0][1] >= MANY
    return one_line and often and losses >= MANY * backwards and 10 * forwards >= 9 * losses and backwards > 0


RULE = Rule(
    id="update-outside-loop",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loop", optional=True),
        Need("event:graph", optional=True),
        Need("event:labels", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:loader", optional=True),
        Need("event:source", optional=True),
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
