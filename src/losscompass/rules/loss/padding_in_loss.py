"""Padding that counts in the loss: class ids that fill the rows up to the longest, and no `ignore_index` that leaves them out."""

import ast
from collections.abc import Iterator

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed, with_keyword
from ..seen import count, looked, number, numbers, place, text, texts, training_calls
from ..source import place_at, program
from ..source.files import File
from ..source.shape import key, last_name

ROWS = 0.25  # of them end in two pads or more: a sentence that ends in a full stop ends in one
SHARE = 0.1  # of the ids: fewer hardly move the mean
MASKS = {"Mul", "Index", "MaskedSelect", "Where", "Div", "MaskedFill"}
"""What people do to the losses of single tokens to leave some out."""


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    calls = [one for one in training_calls(run, "cross_entropy", "nll_loss") if number(one, "tail_value") is not None]
    values = {number(one, "tail_value") for one in calls}
    if len(values) != 1 or any(count(one, "tail_elsewhere") for one in calls):
        return  # a class that stands inside of the rows, too, is no padding
    call = max(calls, key=lambda one: number(one, "tail_share") or 0.0)
    value, share = int(number(call, "tail_value") or 0), number(call, "tail_share") or 0.0
    if share < SHARE or (number(call, "tail_rows") or 0.0) < ROWS or number(call, "ignore_index") == value:
        return
    weights = numbers(call, "weights")
    if (0 <= value < len(weights) and weights[value] == 0) or _masked(run, call):
        return
    where, made = place(call, "at"), place(call, "made")
    if text(call, "reduction") == "none" and (open_mask := _open_mask(run)) is not None:
        yield Finding(onset=None, values={"value": value, "share": share}, place=open_mask)
        return
    yield Finding(
        onset=None,
        values={"value": value, "share": share},
        place=where,
        change=changed(where, lambda code: with_keyword(code, "cross_entropy", "ignore_index", str(value)))
        or changed(made, lambda code: _told(code, value)),
    )


def _told(code: str, value: int) -> str | None:
    """The line that makes the loss, with the value that it is to leave out."""
    empty = code.replace("CrossEntropyLoss()", f"CrossEntropyLoss(ignore_index={value})")
    return empty if empty != code else with_keyword(code, "CrossEntropyLoss", "ignore_index", str(value))


def _masked(run: Run, call: Event) -> bool:
    """Whether the losses of the single tokens may be weighed before they are averaged."""
    graphs = [set(texts(graph, "root_ops")) for graph in run.happened("graph")]
    masked = text(call, "reduction") == "none" and (not graphs or any(ops & MASKS for ops in graphs))
    return masked and _open_mask(run) is None


def _open_mask(run: Run) -> Place | None:
    """The line that multiplies the losses of the single tokens by a mask that is one everywhere."""
    if not run.happened("source"):
        return None
    program_ = program(run)
    for file, call in (one for name in ("cross_entropy", "nll_loss") for one in program_.calls_of.get(name, [])):
        if call not in {one for each in file.flow.definitions.values() for one in ast.walk(each.value or ast.Pass())}:
            continue
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
                continue
            for side, other in ((node.left, node.right), (node.right, node.left)):
                made = file.flow.reaching.get(side, frozenset())
                if [one.value for one in made] == [call] and _only_ones(file, other):
                    return place_at(file, node)
    return None


def _only_ones(file: File, node: ast.expr) -> bool:
    """Whether it is `torch.ones_like(…)`, or a name that was given that and is not written into anywhere."""
    found = file.flow.reaching.get(node, frozenset())
    value = next(iter(found)).value if len(found) == 1 else None if found else node
    if not isinstance(value, ast.Call) or last_name(value.func) not in {"ones", "ones_like"}:
        return False
    name = key(node)
    return (
        not any(
            (isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store) and key(one.value) == name)
            or (
                isinstance(one, ast.Attribute)
                and one.attr.endswith("_")
                and not one.attr.endswith("__")
                and key(one.value) == name
            )
            for one in ast.walk(file.tree)
        )
        if name
        else True
    )


RULE = Rule(
    id="padding-in-loss",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=("constant-metric", "chance-level-loss", "plateau", "slow-descent", "initial-loss-off"),
    confidence=0.95,
    domain=("L2",),
)
