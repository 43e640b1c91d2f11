"""A recurrent state that is detached at every step of the sequence: nothing that lies further back is learned from."""

import ast
from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed, tree_of, without_detaching
from ..seen import count, looked, number, place
from ..source import program
from ..source.shape import key

LEAST = 3  # times before one backward: once is the usual cut between two chunks of a long sequence

CUTS = frozenset(("detach", "detach_", "data"))


def detect(run: Run) -> Iterator[Finding]:
    graphs = looked(run, "graph")
    if any((number(loop, "backwards_per_step") or 1) > 1 for loop in run.happened("loop")):
        return
    for graph in graphs:
        where = place(graph, "repeated-cut")
        times = count(graph, "repeated_cuts")
        if times < LEAST or where is None or not (_carries_on(where.code) or _comes_round(run, where)):
            continue
        yield Finding(onset=None, values={"times": times}, place=where, change=changed(where, without_detaching))
        return


def _comes_round(run: Run, where: Place) -> bool:
    """Whether what the line cuts was made, in the same loop, of what the line gives a name: `new = cell(x, h)`, then `h = new.data`."""
    file = program(run).file(where.file) if run.happened("source") else None
    lines = {} if file is None else {node.lineno: node for node in ast.walk(file.tree) if isinstance(node, ast.Assign)}
    line = lines.get(where.line)
    if file is None or line is None:
        return False
    names = {key(one) for target in line.targets for one in _parts(target)}
    cut = [node.value for node in ast.walk(line.value) if isinstance(node, ast.Attribute) and node.attr in CUTS]
    inner = {  # `tuple(s.detach() for s in state)`: what is gone through, for what it is called inside
        key(one.target): one.iter
        for node in ast.walk(line.value)
        if isinstance(node, ast.GeneratorExp | ast.ListComp)
        for one in node.generators
    }
    for one in cut:
        whole = inner.get(key(one), one)
        for made in file.flow.uses(whole):
            if made.kind != "assign" or not made.loops or made.loops != file.flow.loops_of.get(line):
                continue
            if isinstance(made.value, ast.Call) and any(each.name in names for each in made.uses):
                return True
    return False


def _carries_on(code: str) -> bool:
    """Whether the line makes a new state of the detached old one: `h = cell(x, h.detach())`, `h = h.detach()`."""
    line = tree_of(code)
    if not isinstance(line, ast.Assign):
        return False
    made = {ast.unparse(name) for target in line.targets for name in _parts(target)}
    cut = {
        ast.unparse(node.value)
        for node in ast.walk(line.value)
        if isinstance(node, ast.Attribute) and node.attr in CUTS
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
    needs=(
        Need("fact:watched"),
        Need("event:graph", optional=True),
        Need("event:loop", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("keep-the-graph",),
    explains=("plateau", "slow-descent", "loss-flat", "chance-level-loss", "generalization-gap"),
    confidence=0.9,
    domain=("T9",),
)
