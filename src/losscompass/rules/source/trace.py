"""From a value back to all that it was made of, through the functions of the program."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from .files import File, Program
from .flow import Definition
from .shape import Function, argument, inside, last_name

MOST = 1_500
"""Nodes and definitions that are looked at."""


@dataclass(slots=True)
class Trace:
    """What a value was made of."""

    definitions: set[Definition] = field(default_factory=set)
    nodes: set[ast.AST] = field(default_factory=set)  # of all expressions on the way
    file_of: dict[object, File] = field(default_factory=dict)

    def calls(self, *names: str) -> list[ast.Call]:
        """The calls on the way."""
        return [one for one in self.nodes if isinstance(one, ast.Call) and last_name(one.func) in names]


def trace(
    program: Program, file: File, node: ast.AST, stop: Callable[[File, ast.AST], bool] = lambda _, __: False
) -> Trace:
    """Everything that a value was made of. `stop`: nodes behind which nothing is looked at."""
    found = Trace()
    _node(program, file, node, found, stop, 0)
    return found


def _node(
    program: Program, file: File, node: ast.AST, found: Trace, stop: Callable[[File, ast.AST], bool], depth: int
) -> None:
    stack = [node]
    while stack:
        one = stack.pop()
        if one in found.nodes or len(found.nodes) > MOST or stop(file, one):
            continue
        found.nodes.add(one)
        found.file_of[one] = file
        for definition in sorted(file.flow.reaching.get(one, ()), key=lambda d: (d.line, d.name)):
            _definition(program, file, definition, found, stop, depth)
        if isinstance(one, ast.Call):
            _returned(program, one, found, stop, depth)
        stack.extend(
            child for child in ast.iter_child_nodes(one) if not isinstance(child, Function | ast.ClassDef | ast.Lambda)
        )


def _definition(
    program: Program, file: File, one: Definition, found: Trace, stop: Callable[[File, ast.AST], bool], depth: int
) -> None:
    if one in found.definitions or depth > 40 or len(found.definitions) > MOST:
        return
    found.definitions.add(one)
    found.file_of[one] = file
    for other in sorted(one.old, key=lambda d: (d.line, d.name)):
        _definition(program, file, other, found, stop, depth + 1)
    value = one.value
    if one.kind == "parameter":
        _given(program, file, one, found, stop, depth)
    elif value is None:
        return
    elif one.kind == "for" and isinstance(value, ast.Call) and last_name(value.func) == "zip" and one.at is not None:
        if one.at < len(value.args):
            _node(program, file, value.args[one.at], found, stop, depth + 1)
    elif one.at is not None and isinstance(value, ast.Call) and (function := program.called(value)) is not None:
        if not stop(file, value):
            found.nodes.add(value)
            found.file_of[value] = file
            _element(program, function, one.at, found, stop, depth)
    else:
        _node(program, file, value, found, stop, depth + 1)


def _element(
    program: Program, function: Function, at: int, found: Trace, stop: Callable[[File, ast.AST], bool], depth: int
) -> None:
    for one in inside(function):
        if isinstance(one, ast.Return) and one.value is not None:
            value: ast.AST = one.value
            if isinstance(value, ast.Tuple) and at < len(value.elts):
                value = value.elts[at]
            _node(program, program.file_of[function], value, found, stop, depth + 1)


def _returned(
    program: Program, call: ast.Call, found: Trace, stop: Callable[[File, ast.AST], bool], depth: int
) -> None:
    function = program.called(call)
    if function is None or depth > 8:
        return
    for one in inside(function):
        if isinstance(one, ast.Return) and one.value is not None:
            _node(program, program.file_of[function], one.value, found, stop, depth + 1)


def _given(
    program: Program, file: File, one: Definition, found: Trace, stop: Callable[[File, ast.AST], bool], depth: int
) -> None:
    """A parameter is what the calls give it."""
    function = one.scope
    if not isinstance(function, Function):
        return
    names = [each.arg for each in function.args.args]
    if one.name not in names:
        return
    method = names[0] == "self" and file.parents.get(function).__class__ is ast.ClassDef
    for where, call in program.calls_of.get(function.name, [])[:8]:
        given = argument(call, names.index(one.name) - method, one.name)
        if given is not None:
            _node(program, where, given, found, stop, depth + 1)
