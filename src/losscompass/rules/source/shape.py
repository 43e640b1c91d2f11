"""Small questions about pieces of a tree."""

import ast
from collections.abc import Iterator

LONGEST = 2_000
"""Nodes of an expression that are looked at."""

_PLAIN = frozenset(("squeeze", "view", "reshape", "flatten", "detach", "cpu", "float", "numpy", "ravel"))
"""Methods that change only the shape of a value, or its type."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While


def parents_of(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Every node's parent."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def ancestors(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    """The nodes around a node, the nearest first."""
    above = parents.get(node)
    while above is not None:
        yield above
        above = parents.get(above)


def inside(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, without the bodies of functions and classes that are defined within."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack += [
            child for child in ast.iter_child_nodes(one) if not isinstance(child, Function | ast.ClassDef | ast.Lambda)
        ]


def calls(node: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls below a node of functions or methods of these names (of any, if none is given)."""
    for one in inside(node):
        if isinstance(one, ast.Call) and (not names or last_name(one.func) in names):
            yield one


def last_name(node: ast.AST) -> str:
    """The last part of a dotted name: "step" of `self.opt.step`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def key(node: ast.AST) -> str:
    """What a value is held under: "x", "self.best", "history['val']"; "" where it is held under no plain name."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(f".{node.attr}")
            node = node.value
        elif isinstance(node, ast.Subscript):
            word = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if isinstance(word, str):
                parts.append(f"[{word!r}]")
            else:
                parts.clear()  # an element stands for the whole
            node = node.value
        elif isinstance(node, ast.Name):
            return node.id + "".join(reversed(parts))
        else:
            return ""


def plain(node: ast.AST) -> str:
    """The text of a node; "" where it has none."""
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError, AttributeError):
        return ""


def number_of(node: ast.AST | None) -> float | None:
    """A number that is written out, with its sign."""
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        node = node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        try:
            return sign * float(node.value)
        except OverflowError:
            return None
    return None


def argument(call: ast.Call, at: int, name: str) -> ast.expr | None:
    """An argument, by its place or its name."""
    for one in call.keywords:
        if one.arg == name:
            return one.value
    return (
        call.args[at] if 0 <= at < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args) else None
    )


def bare(node: ast.AST) -> ast.AST:
    """A value without what only changes its shape or its type, and without the choice of a column."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PLAIN:
            node = node.func.value
        else:
            return node
