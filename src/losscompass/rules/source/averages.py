"""Statements that blend one set of weights into another: `slow.mul_(d).add_(fast, alpha=1 - d)` and its many ways."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .files import File, Program
from .numbers import constant
from .shape import Function, Loop, ancestors, argument, calls, last_name, plain

_SAME = frozenset(("detach", "clone", "cpu", "cuda", "to", "float", "double", "type_as", "contiguous", "numpy"))
"""Methods that leave the numbers what they are."""

_WEIGHTS = ("parameters(", "state_dict(", "params", "weights", "buffers(", "shadow")
"""What a loop over weights goes over, by the text."""

Sum = dict[str, float]
"""A linear sum: text of each term to its factor; the factor of plain numbers is under ""."""


@dataclass(frozen=True, slots=True)
class Blend:
    """`slow ← keep · slow + take · fast`."""

    file: File
    node: ast.AST
    slow: str
    keep: float | None  # None: not known, or not the same every time
    take: float | None


def blends(program: Program) -> list[Blend]:
    """All of them."""
    found: list[Blend] = []
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, Loop) and _over_weights(node):
                found += _in_block(program, file, node.body)
            elif isinstance(node, ast.Lambda):
                found += _of_lambda(program, file, node)
            elif isinstance(node, ast.Call):
                found += _of_call(program, file, node)
    used = [one for one in found if _lives(program, one)]
    return list({(one.file.name, getattr(one.node, "lineno", 0)): one for one in used}.values())


def around(one: Blend) -> Function | None:
    """The function that a blend stands in."""
    return next((node for node in ancestors(one.node, one.file.parents) if isinstance(node, Function)), None)


def _lives(program: Program, one: Blend) -> bool:
    function = around(one)
    return function is None or program.is_used(function)


def _over_weights(loop: ast.AST) -> bool:
    return isinstance(loop, ast.For) and any(word in plain(loop.iter) for word in _WEIGHTS)


def _in_block(program: Program, file: File, body: list[ast.stmt]) -> Iterator[Blend]:
    """Statements about the same weights, one after the other, are one change."""
    if any("grad" in plain(one).replace("no_grad", "").replace("requires_grad", "") for one in body):
        return  # an optimiser of one's own
    sums: dict[str, Sum | None] = {}
    where: dict[str, ast.stmt] = {}
    for statement in body:
        if isinstance(statement, ast.If | ast.With | ast.For):
            yield from _in_block(program, file, statement.body)
            continue
        target, made = _change(program, file, statement)
        if not target:
            continue
        before = sums.get(target, {target: 1.0})
        sums[target] = None if before is None or made is None else _composed(made, target, before)
        where[target] = statement
    for target, total in sums.items():
        if total is None:
            if _looks_like_one(where[target]):
                yield Blend(file, where[target], target, None, None)
            continue
        others = {name: factor for name, factor in total.items() if name != target}
        if (
            0 < total.get(target, 0.0) < 1
            and len(others) == 1
            and "grad" not in (other := next(iter(others)))
            and other
        ):
            yield Blend(file, where[target], target, total[target], others[other])


def _looks_like_one(statement: ast.stmt) -> bool:
    """Whether a statement with unknown factors weighs one thing against another."""
    if any(True for _ in calls(statement, "mul_", "lerp_", "lerp")):
        return True
    sums = [one for one in ast.walk(statement) if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add)]
    return any(
        isinstance(side, ast.BinOp) and isinstance(side.op, ast.Mult) for one in sums for side in (one.left, one.right)
    )


def _composed(made: Sum, target: str, before: Sum) -> Sum:
    """A change after another one."""
    factor = made.get(target, 0.0)
    total = {name: value for name, value in made.items() if name != target}
    for name, value in before.items():
        total[name] = total.get(name, 0.0) + factor * value
    return total


def _change(program: Program, file: File, statement: ast.stmt) -> tuple[str, Sum | None]:
    """What a statement changes, and into which sum; "" where it blends nothing, None where its factors are not known."""
    match statement:
        case ast.Expr(value=ast.Call() as call):
            return _of_methods(program, file, call)
        case ast.Assign(targets=[target]):
            name = _term(target)
            total = _sum(program, file, statement.value)
            return (name, total) if _mentions(file, statement.value, name) else ("", None)
        case ast.AugAssign():
            name, value = _term(statement.target), statement.value
            if isinstance(statement.op, ast.Mult | ast.Div):
                factor = constant(program, file, value)
                if factor is None or (isinstance(statement.op, ast.Div) and not factor):
                    return name, None
                return name, {name: factor if isinstance(statement.op, ast.Mult) else 1 / factor}
            total = _sum(program, file, value)
            sign = 1.0 if isinstance(statement.op, ast.Add) else -1.0
            if total is None or not isinstance(statement.op, ast.Add | ast.Sub):
                return "", None
            return name, _plus({name: 1.0}, total, sign)
        case _:
            return "", None


def _of_methods(program: Program, file: File, call: ast.Call) -> tuple[str, Sum | None]:
    """A chain of methods that change what they are called on: `slow.mul_(d).add_(fast, alpha=1 - d)`."""
    links: list[ast.Call] = []
    node: ast.expr = call
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("_"):
        links.append(node)
        node = node.func.value
    name = _term(node)
    total: Sum | None = {name: 1.0}
    if not links or not name:
        return "", None
    for link in reversed(links):
        method = last_name(link.func)
        first = link.args[0] if link.args else None
        if first is None or total is None:
            return "", None
        if method == "mul_":
            factor = constant(program, file, first)
            total = None if factor is None else {one: factor * value for one, value in total.items()}
        elif method in {"add_", "sub_"}:
            given = argument(link, 1, "alpha")
            scale = 1.0 if given is None else constant(program, file, given)
            more = _sum(program, file, first)
            sign = 1.0 if method == "add_" else -1.0
            total = None if scale is None or more is None else _plus(total, more, sign * scale)
        elif method == "lerp_":
            weight, more = constant(program, file, argument(link, 1, "weight")), _sum(program, file, first)
            if weight is None or more is None:
                total = None
            else:
                total = _plus({one: (1 - weight) * value for one, value in total.items()}, more, weight)
        elif method == "copy_":
            if not _mentions(file, first, name):
                return "", None
            total = _sum(program, file, first)
        else:
            return "", None
        if total is None:
            return name, None
    return name, total


def _of_lambda(program: Program, file: File, node: ast.Lambda) -> Iterator[Blend]:
    names = [one.arg for one in node.args.args]
    above = plain(file.parents.get(node, node)).lower()
    if len(names) < 2 or not any(word in above for word in ("ema", "avg", "average", "swa")):
        return
    total = _sum(program, file, node.body)
    if total is not None and set(total) == set(names[:2]) and all(total.values()):
        yield Blend(file, node, names[0], total[names[0]], total[names[1]])


def _of_call(program: Program, file: File, node: ast.Call) -> Iterator[Blend]:
    """What torch itself offers for it."""
    name = last_name(node.func)
    if name in {"get_ema_multi_avg_fn", "get_ema_avg_fn"}:
        given = argument(node, 0, "decay")
        keep = 0.999 if given is None else constant(program, file, given)
        yield Blend(file, node, "averaged", keep, None if keep is None else 1 - keep)
    elif name == "_foreach_lerp_" and len(node.args) == 3:
        weight = constant(program, file, node.args[2])
        yield Blend(file, node, _term(node.args[0]), None if weight is None else 1 - weight, weight)


def _sum(program: Program, file: File, node: ast.expr, depth: int = 0) -> Sum | None:
    """An expression as a linear sum of terms with known factors; None where it is none."""
    if depth > 12:
        return None
    value = constant(program, file, node)
    if value is not None:
        return {"": value}
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            left, right = _sum(program, file, node.left, depth + 1), _sum(program, file, node.right, depth + 1)
            if left is None or right is None:
                return None
            return _plus(left, right, 1.0 if isinstance(node.op, ast.Add) else -1.0)
        case ast.BinOp(op=ast.Mult()):
            for factor, other in ((node.left, node.right), (node.right, node.left)):
                number = constant(program, file, factor)
                if number is not None:
                    total = _sum(program, file, other, depth + 1)
                    return None if total is None else {name: number * one for name, one in total.items()}
            return None
        case ast.BinOp(op=ast.Div()):
            number, total = constant(program, file, node.right), _sum(program, file, node.left, depth + 1)
            return {name: one / number for name, one in total.items()} if number and total is not None else None
        case ast.Call() if last_name(node.func) == "lerp" and len(node.args) == 3:
            return _plus_lerp(program, file, node, depth)
        case ast.Name():
            found = file.flow.reaching.get(node, frozenset())
            only = next(iter(found)) if len(found) == 1 else None
            made = only.value if only is not None and only.kind == "assign" and only.at is None else None
            if isinstance(made, ast.BinOp) and node.id not in {_term(one) for one in ast.walk(made)}:
                return _sum(program, file, made, depth + 1)
        case ast.Call(func=ast.Attribute()) if last_name(node.func) in _SAME and isinstance(node.func, ast.Attribute):
            return _sum(program, file, node.func.value, depth + 1)
    name = _term(node)
    return {name: 1.0} if name else None


def _plus_lerp(program: Program, file: File, node: ast.Call, depth: int) -> Sum | None:
    first, second = _sum(program, file, node.args[0], depth + 1), _sum(program, file, node.args[1], depth + 1)
    weight = constant(program, file, node.args[2])
    if first is None or second is None or weight is None:
        return None
    return _plus({name: (1 - weight) * one for name, one in first.items()}, second, weight)


def _plus(total: Sum, more: Sum, scale: float) -> Sum:
    made = dict(total)
    for name, value in more.items():
        made[name] = made.get(name, 0.0) + scale * value
    return {name: value for name, value in made.items() if value or name}


def _term(node: ast.AST) -> str:
    """The text of a tensor, whatever is done to it that leaves its numbers what they are."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
            node = node.func.value
        elif isinstance(node, ast.Attribute) and node.attr == "data":
            node = node.value
        else:
            break
    return plain(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""


def _mentions(file: File, node: ast.expr, name: str, depth: int = 0) -> bool:
    """Whether an expression, or what a name in it was given, holds a term."""
    if not name or depth > 2:
        return False
    for one in ast.walk(node):
        if isinstance(one, ast.Name | ast.Attribute | ast.Subscript) and _term(one) == name:
            return True
    return any(
        definition.kind == "assign"
        and definition.value is not None
        and _mentions(file, definition.value, name, depth + 1)
        for definition in file.flow.uses(node)
    )
