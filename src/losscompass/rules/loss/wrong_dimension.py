"""A softmax over an axis along which nothing is shared out: the samples of a batch, or the heads of an attention."""

from collections.abc import Iterator
from functools import partial

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed, with_keyword
from ..seen import count, looked, number, place, text

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
            values={"operation": operation.lower(), "axis": int(axis), "axes": count(graph, "astray_axes")},
            place=where or place(graph, "at"),
            change=change,
        )
        return


RULE = Rule(
    id="wrong-dimension",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:graph", optional=True)),
    detect=detect,
    remedies=("match-shapes",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss", "constant-metric", "initial-loss-off"),
    confidence=0.95,
    domain=("T9", "L2"),
)
