"""A decoder that is told the very token that it has to predict, by what its embedding was fed."""

import ast
from collections.abc import Iterator

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..seen import flag, number, place
from ..source import place_at, program_told
from ..source.files import File, scope_of
from ..source.shape import Function, key, last_name

COPIES = frozenset(("clone", "copy", "detach", "deepcopy"))


def told_the_answer(call: Event, same: float) -> bool:
    """Whether the embedding behind the loss was fed the target, place by place: behind a token to start with, or beside a text of its own."""
    if (number(call, "fed_same") or 0.0) < same or (number(call, "fed_next") or 0.0) >= same:
        return False
    return flag(call, "fed_start") or (flag(call, "fed_others") and (number(call, "fed_first") or 0.0) >= same)


def not_shifted(run: Run, call: Event) -> Place | None:
    """The line that puts a token to start with over the first of a copy, where all were to move on; else where the embedding is fed."""
    read = program_told(run)
    found = [place_at(file, node) for file in read.files for node in _overwritten(file)]
    return found[0] if len(found) == 1 else place(call, "fed", "at")


def _overwritten(file: File) -> Iterator[ast.AST]:
    """`ids = labels.clone(); ids[:, 0] = start` and `cat([start, labels[:, 1:]], 1)`."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            if _column(target.slice) == 0 and _copied(file, node, key(target.value)):
                yield node
        elif isinstance(node, ast.Call) and last_name(node.func) in {"cat", "concat", "concatenate", "hstack"}:
            parts = node.args[0].elts if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else []
            if len(parts) == 2 and isinstance(parts[1], ast.Subscript) and _column(parts[1].slice) == "behind":
                yield node


def _copied(file: File, node: ast.Assign, name: str) -> bool:
    """Whether the last that the name was given before, in the same function, is a copy of something."""
    scope = scope_of(file, node)
    begins = scope.lineno if isinstance(scope, Function) else 0
    made = [one for one in file.flow.definitions.values() if one.name == name and begins <= one.line < node.lineno]
    last = max(made, key=lambda one: one.line, default=None)
    return last is not None and isinstance(last.value, ast.Call) and last_name(last.value.func) in COPIES


def _column(index: ast.expr) -> object:
    """0 for `[:, 0]` and `[..., 0]`; "behind" for `[:, 1:]`."""
    last = index.elts[-1] if isinstance(index, ast.Tuple) and len(index.elts) == 2 else None
    if isinstance(last, ast.Slice) and last.upper is None and last.step is None:
        return "behind" if isinstance(last.lower, ast.Constant) and last.lower.value == 1 else None
    return last.value if isinstance(last, ast.Constant) else None
