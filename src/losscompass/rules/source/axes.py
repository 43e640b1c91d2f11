"""Axes along which something is added up, by the text of the source: the samples of a batch where the classes, or the numbers of one sample, are meant."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ...evidence.run import Run
from .files import File, Program
from .roles import Roles
from .shape import Function, ancestors, argument, key, last_name, number_of
from .trace import trace

_SUMS = frozenset(("sum", "logsumexp", "softmax", "log_softmax"))
DEEP = 40
"""Nodes and names from what is picked back to where it is shared out."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One that is wrong, and where."""

    form: str  # "summed", "norm"
    file: File
    node: ast.AST
    name: str
    confidence: float


def over_samples(program: Program, run: Run) -> Iterator[Axis]:
    """All of them."""
    for file in program.files:
        for node in ast.walk(file.tree):
            picked = _picked(node)
            if picked is not None and _is_used(program, file, node):
                for one in _shares(file, picked):
                    yield Axis("summed", file, one, key(picked), 0.95)
    yield from _lengths(program, run)


def along_samples(program: Program, file: File, line: int) -> list[tuple[File, ast.AST]]:
    """The softmaxes along axis 0 behind what the calls of a line are given: functions, methods, and modules where they are made."""
    found: dict[ast.AST, File] = {}
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or node.lineno != line:
            continue
        seen = trace(program, file, node)
        for one in seen.calls("softmax", "log_softmax", "Softmax", "LogSoftmax"):
            module = last_name(one.func)[0].isupper()
            if (number_of(argument(one, 0, "dim")) if module else _axis(one)) == 0:
                found[one] = seen.file_of[one]
    return [(where, one) for one, where in found.items()]


def _picked(node: ast.AST) -> ast.expr | None:
    """What the class of each sample is picked from, along axis 1: `logp[torch.arange(n), y]`, `logp.gather(1, y)`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
        first, second = node.slice.elts
        rows = isinstance(first, ast.Call) and last_name(first.func) in {"arange", "range"}
        return node.value if rows and isinstance(second, ast.Name | ast.Attribute | ast.Subscript) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "gather":
        free = last_name(node.func.value) == "torch"
        given = argument(node, 1 if free else 0, "dim")
        return (
            (node.args[0] if node.args else None)
            if free and number_of(given) == 1
            else (node.func.value if number_of(given) == 1 else None)
        )
    return None


def _shares(file: File, node: ast.expr) -> Iterator[ast.Call]:
    """Sums of exponentials along axis 0 that a value was made of, back to the first call of something else."""
    stack: list[ast.AST] = [node]
    seen: set[ast.AST] = set()
    while stack and len(seen) < DEEP:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        if isinstance(one, ast.Call):
            name = last_name(one.func)
            if name in _SUMS and _axis(one) == 0 and (name != "sum" or _has_exponentials(file, one)):
                yield one
                continue
            if name not in _PLAIN:
                continue
        stack += [
            definition.value
            for definition in sorted(file.flow.reaching.get(one, ()), key=lambda d: (d.line, d.name))
            if definition.kind == "assign" and definition.at is None and definition.value is not None
        ]
        stack.extend(child for child in ast.iter_child_nodes(one) if isinstance(child, ast.expr))


_PLAIN = frozenset(
    ("log", "exp", "max", "amax", "sub", "div", "sum", "clamp", "neg", "softmax", "log_softmax", "logsumexp")
)


def _axis(call: ast.Call) -> float | None:
    """The axis of `x.sum(0)`, `torch.sum(x, dim=0)`, `F.softmax(x, 0)`."""
    free = isinstance(call.func, ast.Attribute) and last_name(call.func.value) in {"torch", "F", "functional", "np"}
    free = free or isinstance(call.func, ast.Name)
    for name in ("dim", "axis"):
        found = argument(call, 1 if free else 0, name)
        if found is not None:
            return number_of(found)
    return None


def _has_exponentials(file: File, call: ast.Call) -> bool:
    """Whether exponentials are added up, written there or under a name."""
    nodes = [
        *ast.walk(call),
        *(
            each
            for one in file.flow.uses(call)
            if one.value is not None and one.kind == "assign"
            for each in ast.walk(one.value)
        ),
    ]
    return any(isinstance(one, ast.Call) and last_name(one.func) == "exp" for one in nodes)


def _lengths(program: Program, run: Run) -> Iterator[Axis]:
    """A batch of the training that is divided by its length along the samples, in the loop, before the model sees it."""
    roles = Roles(program, run)
    for file in program.files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Call):
                continue
            name = last_name(node.func)
            batch: ast.AST | None = None
            if name == "norm" and isinstance(node.func, ast.Attribute):
                free = last_name(node.func.value) in {"torch", "linalg", "LA"}
                axis = next((one.value for one in node.keywords if one.arg == "dim"), None)
                batch = (node.args[0] if node.args else None) if free else node.func.value
                if not _divides(file, node):
                    continue
            elif name == "normalize" and node.args:
                axis, batch = argument(node, 2, "dim"), node.args[0]
            else:
                continue
            if batch is None or number_of(axis) != 0 or not roles.in_training(file, node):
                continue
            if _is_data(file, batch, 0):
                yield Axis("norm", file, node, key(batch) or "x", 0.85)


def _divides(file: File, node: ast.AST) -> bool:
    """Whether something is divided by it, as it is or with a little added."""
    below = node
    for above in ancestors(node, file.parents):
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Div):
            return above.right is below
        if not isinstance(above, ast.BinOp | ast.Call | ast.Attribute):
            return False
        below = above
    return False


def _is_data(file: File, node: ast.AST, depth: int) -> bool:
    """Whether a value is what a loop goes over, with numbers added to it and taken from it, and no call of anything but torch's own."""
    found = file.flow.reaching.get(node, frozenset())
    if found:
        return depth < 6 and all(
            (one.kind == "for" and _goes_over_data(file, one.value, depth))
            or (
                one.kind in {"assign", "add"}
                and one.at is None
                and one.value is not None
                and _of_data(file, one.value, depth)
            )
            for one in found
        )
    return _of_data(file, node, depth)


def _goes_over_data(file: File, over: ast.AST | None, depth: int) -> bool:
    """Whether a loop goes over batches: over some that are written out in a row, if each of them is data."""
    written = over.elts if isinstance(over, ast.Tuple | ast.List) else []
    return all(_is_data(file, one, depth + 1) for one in written)


def _of_data(file: File, node: ast.AST, depth: int) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_data(file, node.left, depth + 1) or _is_data(file, node.right, depth + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"to", "float", "flatten", "view", "reshape", "cuda"} and _is_data(
            file, node.func.value, depth + 1
        )
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return bool(file.flow.reaching.get(node)) and depth < 6 and _is_data(file, node, depth + 1)
    return False


def _is_used(program: Program, file: File, node: ast.AST) -> bool:
    function = next((one for one in ancestors(node, file.parents) if isinstance(one, Function)), None)
    return function is None or program.is_used(function)
