"""Where a run decides on its best weights, or on its end: a comparison of a number with the best one so far."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .files import File, Program
from .shape import Function, argument, calls, inside, key, last_name, plain

_KEEPING = frozenset(
    ("state_dict", "deepcopy", "save", "save_pretrained", "save_model", "save_checkpoint", "save_weights")
)
_KEPT = ("best", "ckpt", "checkpoint", "snapshot", "state")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice by a value: where, and the value."""

    file: File
    node: ast.AST
    value: ast.expr


def choices(program: Program) -> Iterator[Choice]:
    """Each `if value < best:` that keeps the weights or counts towards an end, and each call of a function that does so."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.If):
                continue
            for value in _compared(node):
                if not (_keeps(program, node) or _ends(file, node)):
                    continue
                yield from _of_value(program, file, node, value)


def _of_value(program: Program, file: File, node: ast.If, value: ast.expr) -> Iterator[Choice]:
    """The value itself; of a parameter, what the calls give it."""
    given = [one for one in file.flow.uses(value) if one.kind == "parameter"]
    if not given:
        if any(one.scope is not None for one in file.flow.uses(value)):
            yield Choice(file, node.test, value)
        return
    (one, *more) = given
    function = one.scope
    if more or not isinstance(function, Function):
        return
    names = [each.arg for each in [*function.args.posonlyargs, *function.args.args]]
    method = bool(names) and names[0] == "self"
    callees = {function.name}
    above = file.parents.get(function)
    at = names.index(one.name) - method if one.name in names else -1
    if isinstance(above, ast.ClassDef):
        if function.name == "__call__":
            callees = {
                last_name(target)
                for home in program.files
                for made in ast.walk(home.tree)
                if isinstance(made, ast.Assign)
                and isinstance(made.value, ast.Call)
                and last_name(made.value.func) == above.name
                for target in made.targets
            }
        elif function.name == "step":
            return  # a scheduler's or an environment's, as likely
    for callee in sorted(callees):
        for where, call in program.calls_of.get(callee, []):
            argument_ = argument(call, at, one.name)
            if argument_ is not None:
                yield Choice(where, call, argument_)


def _compared(node: ast.If) -> Iterator[ast.expr]:
    """The value that is compared with the best one so far, which then takes its place."""
    tests = [one for one in ast.walk(node.test) if isinstance(one, ast.Compare) and len(one.ops) == 1]
    for test in tests:
        if not isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            continue
        for value, best in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
            for branch in (node.body, node.orelse):
                for statement in branch:
                    for one in inside(statement):
                        if isinstance(one, ast.Assign):
                            for target, made in _pairs(one):
                                if key(target) and key(target) in _names(best) and _same(made, value):
                                    yield value


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.AST, ast.expr]]:
    for target in node.targets:
        if isinstance(node.value, ast.Dict):  # a record of the best: its parts
            yield from ((target, one) for one in node.value.values)
        elif isinstance(node.value, ast.Call):
            yield from ((target, one.value) for one in node.value.keywords)
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _names(node: ast.expr) -> set[str]:
    return {name for one in ast.walk(node) if (name := key(one))}


def _same(made: ast.expr, value: ast.expr) -> bool:
    return bool(plain(made)) and (plain(made) == plain(value) or key(made) in _names(value) - {""})


def _keeps(program: Program, node: ast.If) -> bool:
    """Whether the weights are kept in one of its branches."""
    for statement in node.body:
        for call in calls(statement):
            if last_name(call.func) in _KEEPING:
                return True
            function = program.called(call)
            if function is not None and any(True for _ in calls(function, *_KEEPING)):
                return True
        for one in inside(statement):
            if isinstance(one, ast.Assign) and any(
                "param" in plain(one.value) for _ in calls(one.value, "clone", "copy")
            ):
                return True
            if isinstance(one, ast.Assign) and any(
                "state" in plain(target) and "best" in plain(target) for target in one.targets
            ):
                return True
    return False


def _ends(file: File, node: ast.If) -> bool:
    """Whether a count of fruitless rounds is kept, that ends the training."""
    counted = {
        key(one.target)
        for branch in (node.body, node.orelse)
        for statement in branch
        for one in inside(statement)
        if isinstance(one, ast.AugAssign) and isinstance(one.op, ast.Add)
    }
    zeroed = {
        key(target)
        for branch in (node.body, node.orelse)
        for statement in branch
        for one in inside(statement)
        if isinstance(one, ast.Assign)
        for target, made in _pairs(one)
        if isinstance(made, ast.Constant) and made.value == 0
    }
    waited = (counted & zeroed) - {""}
    if not waited:
        return False
    for other in ast.walk(file.tree):
        if isinstance(other, ast.If) and waited & _names(other.test):
            for statement in other.body:
                for one in inside(statement):
                    if isinstance(one, ast.Break | ast.Return) or (
                        isinstance(one, ast.Assign) and "stop" in plain(one.targets[0])
                    ):
                        return True
    return False
