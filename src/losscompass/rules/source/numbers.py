"""Numbers that stand in the source: written out, given a name once, a default, an option of the command line."""

import ast
from math import isfinite

from .files import File, Program
from .flow import Definition
from .shape import Function, argument, last_name, number_of

DEEPEST = 12


def constant(program: Program, file: File, node: ast.AST | None, depth: int = 0) -> float | None:
    """The value of an expression, if it is the same whenever it runs; None where that is not certain."""
    if node is None or depth > DEEPEST:
        return None
    written = number_of(node)
    if written is not None:
        return written
    match node:
        case ast.BinOp():
            left = constant(program, file, node.left, depth + 1)
            right = constant(program, file, node.right, depth + 1)
            return None if left is None or right is None else _computed(node.op, left, right)
        case ast.UnaryOp(op=ast.USub()):
            value = constant(program, file, node.operand, depth + 1)
            return None if value is None else -value
        case ast.Name():
            return _agreed(program, file, sorted(file.flow.reaching.get(node, ()), key=lambda d: d.line), depth)
        case ast.Attribute():
            found = sorted(file.flow.reaching.get(node, ()), key=lambda d: d.line)
            if found:
                return _agreed(program, file, found, depth)
            return _setting(program, node.attr, depth)
        case ast.Call() if last_name(node.func) in {"float", "int"} and len(node.args) == 1:
            return constant(program, file, node.args[0], depth + 1)
        case ast.Call() if last_name(node.func) == "sqrt" and len(node.args) == 1:
            value = constant(program, file, node.args[0], depth + 1)
            return value**0.5 if value is not None and value >= 0 else None
        case _:
            return None


def _computed(op: ast.operator, left: float, right: float) -> float | None:
    try:
        match op:
            case ast.Add():
                value = left + right
            case ast.Sub():
                value = left - right
            case ast.Mult():
                value = left * right
            case ast.Div():
                value = left / right
            case ast.FloorDiv():
                value = left // right
            case ast.Pow() if abs(right) <= 16:
                power = left**right
                value = power if isinstance(power, float) else float("nan")
            case _:
                return None
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return value if isfinite(value) else None


def _agreed(program: Program, file: File, found: list[Definition], depth: int) -> float | None:
    values = {_defined(program, file, one, depth + 1) for one in found}
    return next(iter(values)) if len(values) == 1 else None


def _defined(program: Program, file: File, one: Definition, depth: int) -> float | None:
    if one.kind == "parameter":
        return _given(program, file, one, depth)
    if one.kind != "assign" or one.at is not None:
        return None
    return constant(program, file, one.value, depth)


def _given(program: Program, file: File, one: Definition, depth: int) -> float | None:
    """What a parameter is given: by all calls the same, or its default."""
    function = one.scope
    if not isinstance(function, Function):
        return None
    arguments = [*function.args.posonlyargs, *function.args.args]
    names = [each.arg for each in arguments]
    method = bool(names) and names[0] in {"self", "cls"}
    defaults = dict(zip(names[::-1], function.args.defaults[::-1], strict=False))
    defaults |= {
        each.arg: value
        for each, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if value
    }
    callee = function.name
    if callee == "__init__":
        above = file.parents.get(function)
        callee = above.name if isinstance(above, ast.ClassDef) else callee
    at = names.index(one.name) - method if one.name in names else -1
    values = set()
    for where, call in program.calls_of.get(callee, []):
        given = argument(call, at, one.name)
        if given is not None:
            values.add(constant(program, where, given, depth + 1))
        elif one.name in defaults:
            values.add(constant(program, file, defaults[one.name], depth + 1))
        else:
            values.add(None)
    if not values and one.name in defaults:
        return constant(program, file, defaults[one.name], depth + 1)
    return next(iter(values)) if len(values) == 1 else None


def _setting(program: Program, name: str, depth: int) -> float | None:
    """`args.decay` of an option of the command line, `Config.decay` of a class of settings."""
    values: set[float | None] = set()
    for file, call in program.calls_of.get("add_argument", []):
        words = [str(one.value).lstrip("-").replace("-", "_") for one in call.args if isinstance(one, ast.Constant)]
        if name in words:
            values.add(constant(program, file, argument(call, -1, "default"), depth + 1))
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ClassDef):
                for one in node.body:
                    target = (
                        one.target
                        if isinstance(one, ast.AnnAssign)
                        else one.targets[0]
                        if isinstance(one, ast.Assign)
                        else None
                    )
                    if (
                        isinstance(target, ast.Name)
                        and target.id == name
                        and isinstance(one, ast.AnnAssign | ast.Assign)
                    ):
                        values.add(constant(program, file, one.value, depth + 1))
    return next(iter(values)) if len(values) == 1 else None
