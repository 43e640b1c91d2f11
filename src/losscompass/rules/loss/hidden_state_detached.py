"""A recurrent state that is detached at every step of the sequence: nothing that lies further back is learned from."""

import ast
from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed, tree_of, without_detaching
from ..seen import count, looked, number, place

LEAST = 3  # times before one backward: once is the usual cut between two chunks of a long sequence


def detect(run: Run) -> Iterator[Finding]:
    graphs = looked(run, "graph")
    if any((number(loop, "backwards_per_step") or 1) > 1 for loop in run.happened("loop")):
        return
    for graph in graphs:
        where = place(graph, "repeated-cut")
        times = count(graph, "repeated_cuts")
        if times < LEAST or where is None or not _carries_on(where.code):
            continue
        yield Finding(onset=None, values={"times": times}, place=where, change=changed(where, without_detaching))
        return


def _carries_on(code: str) -> bool:
    """Whether the line makes a new state of the detached old one: `h = cell(x, h.detach())`, `h = h.detach()`."""
    line = tree_of(code)
    if not isinstance(line, ast.Assign):
        return False
    made = {ast.unparse(name) for target in line.targets for name in _parts(target)}
    cut = {
        ast.unparse(node.value)
        for node in ast.walk(line.value)
        if isinstance(node, ast.Attribute) and node.attr in {"detach", "detach_", "data"}
    }
    return bool(made & cut)


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    """The names on the left: `h`, or `h` and `c` of `h, c`."""
    for one in target.elts if isinstance(target, ast.Tuple | ast.List) else (target,):
        yield from _parts(one) if isinstance(one, ast.Tuple | ast.List) else (one,)


RULE = Rule(
    id="hidden-state-detached",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:graph", optional=True), Need("event:loop", optional=True)),
    detect=detect,
    remedies=("keep-the-graph",),
    explains=("plateau", "slow-descent", "loss-flat", "chance-level-loss", "generalization-gap"),
    confidence=0.9,
    domain=("T9",),
)
