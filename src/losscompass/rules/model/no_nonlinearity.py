"""Linear layers with nothing between them: however many there are, together they are one."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Change, Finding, Need, Rule, Severity
from ..rewrite import changed, with_inner_call, with_value_called
from ..seen import count, looked, place, shape, texts, training_calls
from ..source import place_at, program
from ..source.shape import last_name

LAYERS = 2  # from two layers on, an activation is missing
TABLES = ("Embedding", "EmbeddingBag")  # bags of words are linear on purpose


def detect(run: Run) -> Iterator[Finding]:
    if run.facts.get("compiled") is True:
        return  # the graph is opaque
    for graph in looked(run, "graph"):
        layers, longest = count(graph, "linear_layers"), count(graph, "linear_run")
        # Two projections in a row inside of a network that bends elsewhere are a usual saving (low rank, bottlenecks).
        if longest < LAYERS or longest < layers or (layers == LAYERS and _is_bag(graph)):
            continue
        if layers == LAYERS and _is_autoencoder(run):
            continue  # principal components, learned
        change = _made(run) or _change(graph)
        yield Finding(
            onset=None,
            values={"layers": longest},
            place=change.place if change else place(graph, "layer", "at"),
            change=change,
        )
        return


def _is_bag(graph: Event) -> bool:
    ops = {name.split("×")[0] for name in texts(graph, "ops")}
    return not ops.isdisjoint(TABLES) and "Cat" not in ops  # beside other inputs, ids are no bag


def _is_autoencoder(run: Run) -> bool:
    """Whether what is predicted has the shape of what is put in."""
    fed = {shape(batch, "shape") for batch in run.happened("batch")}
    wanted = {shape(call, "target_shape") for call in training_calls(run, "mse_loss", "l1_loss")}
    return bool(fed & wanted - {None})


def _made(run: Run) -> Change | None:
    """The first stack, written out, that puts a linear layer right behind another, with an activation between them."""
    if not run.happened("source"):
        return None
    read = program(run)
    for file, call in read.calls_of.get("Sequential", []):
        kinds = [last_name(one.func) if isinstance(one, ast.Call) else "" for one in call.args]
        for before, after, layer in zip(kinds, kinds[1:], call.args[1:], strict=False):
            if before == after == "Linear" and isinstance(layer, ast.Call):
                line = file.lines[layer.lineno - 1]
                whole = line.encode()[: layer.col_offset].decode(errors="ignore")
                name = ast.unparse(layer.func).removesuffix("Linear")
                after_ = f"{whole}{name}ReLU(), {line[len(whole) :]}"
                where = replace(place_at(file, layer), line=layer.lineno, code=line.strip())
                return Change(where, line.strip(), after_.strip())
    return None


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
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("add-activation",),
    explains=("plateau", "stalled-metric", "slow-descent", "chance-level-loss", "class-imbalance"),
    domain=("T9",),
)
