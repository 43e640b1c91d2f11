"""Lines that give a tensor another shape."""

import ast

from ...evidence.records import Place
from ..rewrite import calls_of

VIEWS = ("view", "reshape")


def names_axes(where: Place | None) -> bool:
    """Whether the line names each axis by itself: a product or a -1 may be a merger of two on purpose."""
    calls = [] if where is None else calls_of(where.code)
    views = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr in VIEWS]
    arguments = [argument for one in views for argument in one.args]
    nodes = [node for argument in arguments for node in ast.walk(argument)]
    return bool(nodes) and not any(isinstance(node, ast.Starred | ast.USub | ast.Mult) for node in nodes)
