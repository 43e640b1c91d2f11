"""A mask over the losses of single tokens that leaves none of them out."""

import ast

from ...evidence.records import Place
from ...evidence.run import Run
from ..source import place_at, program
from ..source.files import File
from ..source.shape import key, last_name


def open_mask(run: Run) -> Place | None:
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
