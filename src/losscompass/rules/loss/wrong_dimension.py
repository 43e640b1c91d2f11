"""What is shared out, or brought to one length, along the wrong axis: the samples of a batch, or the heads of an attention."""

from collections.abc import Iterator
from functools import partial

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import applied, last_operation
from ..rewrite import changed, with_keyword
from ..seen import count, looked, number, place, text, training_calls
from ..source import place_at, program
from ..source.axes import along_samples, over_samples
from ._shares import of_no_classes, shared_among_samples

CALLS = {"LogSoftmax": ("log_softmax", "LogSoftmax"), "Softmax": ("softmax", "Softmax")}


def detect(run: Run) -> Iterator[Finding]:
    # The first that shows it, if possible one whose lines were seen.
    for graph in sorted(looked(run, "graph"), key=lambda one: place(one, "astray") is None):
        operation, axis = text(graph, "astray_op"), number(graph, "astray_axis")
        if not operation or axis is None:
            continue
        where = place(graph, "astray")
        change = None
        for name in CALLS.get(operation, ()):
            change = change or changed(where, partial(with_keyword, callee=name, name="dim", value="-1"))
        if where is not None and change is not None and "dim=" not in where.code:
            change = None  # given by position
        yield Finding(
            onset=None,
            values={
                "what": "words:wrong-dimension.astray",
                "operation": operation.lower(),
                "axis": int(axis),
                "axes": count(graph, "astray_axes"),
            },
            place=where or place(graph, "at"),
            change=change,
        )
        return
    among = next((spot for one in run.happened("graph") if (spot := place(one, "among-samples"))), None)
    if among is not None:
        yield Finding(onset=None, values={"what": "words:wrong-dimension.among"}, place=among)
        return
    call = next((one for one in training_calls(run, "nll_loss") if of_no_classes(one)), None)
    if call is not None:
        operation = last_operation(call).lower()
        yield Finding(
            onset=None,
            values={"what": "words:wrong-dimension.classes", "operation": operation},
            place=applied(call, "softmax"),
        )
        return
    call = next((one for one in training_calls(run, "kl_div") if shared_among_samples(one)), None)
    if call is not None:
        yield Finding(
            onset=None,
            values={"what": "words:wrong-dimension.classes", "operation": "softmax"},
            place=_shared_out(run, call) or place(call, "at"),
        )
        return
    if run.happened("source"):
        for one in over_samples(program(run), run):
            yield Finding(
                onset=None,
                values={"what": f"words:wrong-dimension.{one.form}", "name": one.name},
                confidence=one.confidence,
                place=place_at(one.file, one.node),
            )
            return


def _shared_out(run: Run, call: Event) -> Place | None:
    """The one softmax along the first axis that stands behind what the divergence is given."""
    where = place(call, "at")
    if where is None or not run.happened("source"):
        return None
    read = program(run)
    file = read.file(where.file)
    nodes = along_samples(read, file, where.line) if file is not None else []
    return place_at(*nodes[0]) if len(nodes) == 1 else None


RULE = Rule(
    id="wrong-dimension",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("match-shapes",),
    explains=(
        "overfitting",
        "plateau",
        "loss-flat",
        "slow-descent",
        "chance-level-loss",
        "constant-metric",
        "initial-loss-off",
    ),
    confidence=0.95,
    domain=("T9", "L2"),
)
