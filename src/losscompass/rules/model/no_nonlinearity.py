"""Linear layers with nothing between them: however many there are, together they are one."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed, with_inner_call, with_value_called
from ..seen import count, looked, place, shape, texts, training_calls

LAYERS = 2  # from two layers on, an activation is missing
TABLES = ("Embedding", "EmbeddingBag")  # bags of words are linear on purpose


def detect(run: Run) -> Iterator[Finding]:
    if run.facts.get("compiled") is True:
        return  # the graph is opaque
    for graph in looked(run, "graph"):
        layers, longest = count(graph, "linear_layers"), count(graph, "linear_run")
        # Two projections in a row inside of a network that bends elsewhere are a usual saving (low rank, bottlenecks).
        if longest < LAYERS or longest < layers or _is_bag(graph):
            continue
        if layers == LAYERS and _is_autoencoder(run):
            continue  # principal components, learned
        change = _change(graph)
        yield Finding(
            onset=None,
            values={"layers": longest},
            place=change.place if change else place(graph, "layer", "at"),
            change=change,
        )
        return


def _is_bag(graph: Event) -> bool:
    return any(name.split("×")[0] in TABLES for name in texts(graph, "ops"))


def _is_autoencoder(run: Run) -> bool:
    """Whether what is predicted has the shape of what is put in."""
    fed = {shape(batch, "shape") for batch in run.happened("batch")}
    wanted = {shape(call, "target_shape") for call in training_calls(run, "mse_loss", "l1_loss")}
    return bool(fed & wanted - {None})


def _change(graph: Event) -> Change | None:
    first, second = place(graph, "earlier-layer"), place(graph, "layer")
    if first is not None and second is not None and (first.file, first.line) != (second.file, second.line):
        return changed(first, lambda code: with_value_called(code, ".relu()"))
    return changed(second, lambda code: with_inner_call(code, ".relu()"))


RULE = Rule(
    id="no-nonlinearity",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:batch", optional=True),
        Need("event:loss-call", optional=True),
        Need("fact:compiled", optional=True),
    ),
    detect=detect,
    remedies=("add-activation",),
    explains=("plateau", "stalled-metric", "slow-descent", "chance-level-loss", "class-imbalance"),
    domain=("T9",),
)
