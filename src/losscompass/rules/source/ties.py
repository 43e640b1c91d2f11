"""Weights that two layers are meant to share."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .files import File, Program, scope_of
from .numbers import constant
from .shape import Function, Loop, ancestors, calls, last_name, plain

_COPYING = frozenset(("clone", "copy", "deepcopy", "tensor", "array", "as_tensor"))
DEEP = 4  # names
_SHARING = frozenset(("detach", "t", "transpose", "T", "data"))


@dataclass(frozen=True, slots=True)
class Tie:
    """A fault of a tie, and where. `factor`: of a scaled one."""

    form: str
    file: File
    node: ast.AST
    layer: str
    other: str
    factor: float = 1.0


def kinds(program: Program) -> dict[str, set[str]]:
    """Which layers are made under a name: "tok" → {"Embedding"}."""
    found: dict[str, set[str]] = {}
    for file in program.files:
        for one in file.flow.definitions.values():
            if one.kind == "assign" and one.at is None and isinstance(one.value, ast.Call):
                kind = last_name(one.value.func)
                if kind in {"Embedding", "Linear"}:
                    found.setdefault(one.name.rpartition(".")[2], set()).add(kind)
    return found


def ties(program: Program) -> Iterator[Tie]:
    """All that are none, or not what they should be."""
    made = kinds(program)
    tied = dict(_shared(program, made))
    for file in program.files:
        for node in ast.walk(file.tree):
            yield from _copied(program, file, node, made)
            yield from _used(program, file, node, made)
            yield from _called(program, file, node, tied)


def _shared(program: Program, made: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Which layer of scores holds the table of which embedding: `self.head.weight = self.tok.weight`, or the other way round."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                names = _weight(node.targets[0]), _weight(node.value)
                for layer, table in (names, names[::-1]):
                    if made.get(layer) == {"Linear"} and made.get(table) == {"Embedding"}:
                        yield layer, table


def _called(program: Program, file: File, node: ast.AST, tied: dict[str, str]) -> Iterator[Tie]:
    """A layer that holds the table of an embedding, and is given, or gives, something that is scaled."""
    layer = last_name(node.func) if isinstance(node, ast.Call) else ""
    if not isinstance(node, ast.Call) or layer not in tied or len(node.args) != 1:
        return
    function = scope_of(file, node)
    if isinstance(function, Function) and not program.is_used(function):
        return
    above = file.parents.get(node)
    around = above if isinstance(above, ast.BinOp) else None
    for one in (node.args[0], around):
        scaled = None if one is None else _scaled(program, file, one, 0)
        if scaled is not None:
            yield Tie("scaled", file, scaled[0], layer, tied[layer], scaled[1])


def _scaled(program: Program, file: File, node: ast.AST, depth: int) -> tuple[ast.AST, float] | None:
    """The product with a constant that a value is, through dropout and names; and the constant."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        factor = constant(program, file, node.right)
        if factor is None and isinstance(node.op, ast.Mult):
            factor = constant(program, file, node.left)
        if factor:
            return node, factor if isinstance(node.op, ast.Mult) else 1.0 / factor
    if isinstance(node, ast.Call) and len(node.args) == 1 and "drop" in last_name(node.func):
        return _scaled(program, file, node.args[0], depth)
    found = file.flow.reaching.get(node, frozenset())
    if len(found) == 1 and depth < DEEP:
        (one,) = found
        if one.kind == "assign" and one.at is None and one.value is not None:
            return _scaled(program, file, one.value, depth + 1)
    return None


def _weight(node: ast.AST) -> str:
    """The layer of `self.tok.weight`, whatever of it is looked at: "tok"; "" for anything else."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr in _SHARING:
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SHARING:
            node = node.func.value
        else:
            break
    return last_name(node.value) if isinstance(node, ast.Attribute) and node.attr == "weight" else ""


def _is_cut(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr in {"detach", "data"} for one in ast.walk(node))


def _is_turned(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr in {"t", "T", "mT", "transpose"} for one in ast.walk(node))


def _reshaped(node: ast.AST) -> str:
    """The layer of `self.fc.weight.view(64, -1)`: cut anew, where it was to be turned over."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"view", "reshape"}:
        return _weight(node.func.value) if len(node.args) == 2 else ""
    return ""


def _weights_in(node: ast.AST) -> set[str]:
    return {name for one in ast.walk(node) if (name := _weight(one))}


def _copied(program: Program, file: File, node: ast.AST, made: dict[str, set[str]]) -> Iterator[Tie]:
    """`head.weight.data = tok.weight.data.clone()`: equal at the start, and each for itself from then on."""
    target, value = "", None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = _weight(node.targets[0]), node.value
        if not any(True for _ in calls(value, *_COPYING)):
            return
    elif (
        isinstance(node, ast.Call)
        and last_name(node.func) == "copy_"
        and isinstance(node.func, ast.Attribute)
        and node.args
    ):
        target, value = _weight(node.func.value), node.args[0]
    if not target or value is None:
        return
    function = scope_of(file, node)
    name = function.name if isinstance(function, Function) else ""
    if name == "forward" or any(isinstance(one, Loop) for one in ancestors(node, file.parents)):
        return  # copied again and again
    sources = _weights_in(value) - {target}
    if len(sources) != 1 or (isinstance(function, Function) and not program.is_used(function)):
        return
    (source,) = sources
    pair = (made.get(target, set()), made.get(source, set()))
    if pair in (({"Linear"}, {"Embedding"}), ({"Embedding"}, {"Linear"})) or (
        name.lstrip("_").startswith(("tie", "share")) and all(pair)
    ):
        yield Tie("copied", file, node, target, source)


def _used(program: Program, file: File, node: ast.AST, made: dict[str, set[str]]) -> Iterator[Tie]:
    """What the table of an embedding is used as at the output: scaled, or cut off from the graph."""
    if isinstance(node, ast.Call) and last_name(node.func) in {"linear", "matmul", "mm"} and len(node.args) >= 2:
        weight = node.args[1]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        weight = node.right
    else:
        return
    function = scope_of(file, node)
    if isinstance(function, Function) and not program.is_used(function):
        return
    layer = _weight(weight)
    if layer and made.get(layer) == {"Linear"} and _is_turned(weight) and _is_cut(weight):
        yield Tie("detached", file, node, layer, layer)  # the decoder of an autoencoder
    reshaped = _reshaped(weight)
    if reshaped and made.get(reshaped) == {"Linear"}:
        yield Tie("reshaped", file, node, reshaped, reshaped)
    if layer and made.get(layer) == {"Embedding"}:
        if _is_cut(weight):
            yield Tie("detached", file, node, layer, layer)
        above = file.parents.get(node)
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mult):
            factor = constant(program, file, above.right if above.left is node else above.left)
            if factor is not None:
                yield Tie("scaled", file, node, layer, layer, factor)
        return
    for one in ast.walk(weight):
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mult):
            for side, other in ((one.left, one.right), (one.right, one.left)):
                name = _weight(side)
                factor = constant(program, file, other)
                if name and made.get(name) == {"Embedding"} and factor is not None:
                    yield Tie("scaled", file, node, name, plain(other), factor)
