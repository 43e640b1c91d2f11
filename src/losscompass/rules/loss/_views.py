"""Lines that give a tensor another shape, or other axes."""

import ast

from ...evidence.records import Place
from ..rewrite import calls_of, tree_of

VIEWS = ("view", "reshape")


def names_axes(where: Place | None) -> bool:
    """Whether the line names each axis by itself: a product or a -1 may be a merger of two on purpose."""
    calls = [] if where is None else calls_of(where.code)
    views = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr in VIEWS]
    arguments = [argument for one in views for argument in one.args]
    nodes = [node for argument in arguments for node in ast.walk(argument)]
    return bool(nodes) and not any(isinstance(node, ast.Starred | ast.USub | ast.Mult) for node in nodes)


def adds_axes_to_both(where: Place | None) -> bool:
    """Whether two sides are subtracted on the line that are each given an axis there: `a[:, None] - b[None]`."""
    tree = None if where is None else tree_of(where.code)
    nodes = ast.walk(tree) if tree is not None else ()
    sides = [(one.left, one.right) for one in nodes if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub)]
    return any(_adds_an_axis(left) and _adds_an_axis(right) for left, right in sides)


def _adds_an_axis(side: ast.expr) -> bool:
    if isinstance(side, ast.Subscript):
        indices = side.slice.elts if isinstance(side.slice, ast.Tuple) else [side.slice]
        return any(_is_new_axis(one) for one in indices)
    return isinstance(side, ast.Call) and isinstance(side.func, ast.Attribute) and side.func.attr == "unsqueeze"


def _is_new_axis(index: ast.expr) -> bool:
    written = isinstance(index, ast.Constant) and index.value is None
    return written or (isinstance(index, ast.Attribute) and index.attr == "newaxis")
