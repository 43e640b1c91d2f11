"""Objects that add up what is measured, and are made only once although they are filled in each epoch."""

import ast
from collections.abc import Iterator

from .files import File, Program, scope_of
from .flow import Definition
from .metrics import Fault
from .roles import Roles
from .shape import Function, Loop, ancestors, inside, key, last_name, plain

_FILLS = ("add", "update")
_EMPTIES = frozenset(("reset", "clear", "zero_", "fill_", "restart", "start", "begin"))
_FADING = ("deque", "window", "momentum", "decay", "alpha", "beta", "smooth", "ema")
"""In the text of a class that forgets by itself."""

_DEEP = 3  # functions that call each other


def never_emptied(program: Program, roles: Roles, *, again: bool) -> Iterator[Fault]:
    """`table = Confusion()` before the first epoch, `table.add(…)` in each validation: the later ones report the earlier ones, too.

    `again`: whether the run is known to have validated more than once.
    """
    for name in _FILLS:
        for file, call in program.calls_of.get(name, []):
            if not isinstance(call.func, ast.Attribute) or not call.args:
                continue
            held = call.func.value
            one = _made(file, held)
            if (
                one is None
                or not _adds_up(program, file, one, name)
                or not _lasts(program, roles, file, call, one, again=again)
            ):
                continue
            others = [each for each in _calls_on(file, key(held)) if last_name(each.func) != name]
            if others and not any(last_name(each.func) in _EMPTIES for each in others):
                yield Fault("never-reset", file, one.node, 0.9, {"name": key(held), "code": plain(one.node)})


def _made(file: File, held: ast.expr) -> Definition | None:
    """The one place of the file where a name, or an attribute, is given a value: what a call makes."""
    name = key(held)
    ever = [one for one in file.flow.definitions.values() if name and one.name == name and one.kind != "grow"]
    found = [one for one in file.flow.reaching.get(held, frozenset()) if one.kind != "grow"]
    one = found[0] if len(found) == 1 else None
    return one if one is not None and ever == [one] and one.kind == "assign" and one.at is None else None


def _adds_up(program: Program, file: File, one: Definition, fills: str) -> bool:
    """Whether it is a class of the program that adds to its own numbers and never sets them back, or a measure of torchmetrics."""
    if not isinstance(one.value, ast.Call):
        return False
    made = program.classes.get(last_name(one.value.func))
    if made is None:
        read = any(last_name(each.func) == "compute" for each in _calls_on(file, one.name))
        return read and fills == "update" and any("torchmetrics" in line for line in file.lines)
    methods = {each.name: each for each in made.body if isinstance(each, Function)}
    if fills not in methods or made.bases or any(word in plain(made).lower() for word in _FADING):
        return False
    sums = {
        key(each.target)
        for each in inside(methods[fills])
        if isinstance(each, ast.AugAssign) and isinstance(each.op, ast.Add)
    }
    sums = {each for each in sums if each.startswith("self.")}
    back = {
        key(target)
        for method, body in methods.items()
        if method != "__init__"
        for each in inside(body)
        if isinstance(each, ast.Assign)
        for whole in each.targets
        for target in (whole.elts if isinstance(whole, ast.Tuple) else [whole])
    }
    return bool(sums) and not sums & back


def _lasts(program: Program, roles: Roles, file: File, call: ast.Call, one: Definition, *, again: bool) -> bool:
    """Whether it is filled in a loop that only measures, and was made outside of the epochs."""
    function = scope_of(file, call)
    loops = [
        each for each in ancestors(call, file.parents) if isinstance(each, Loop) and scope_of(file, each) is function
    ]
    if not loops or roles.trains(loops[0]):
        return False
    inner = loops[0]
    lines = range(inner.lineno, (inner.end_lineno or inner.lineno) + 1)
    measures = any(name == file.name and line in lines for name, line in roles.measured)
    if not measures and not roles.without_gradient(file, call):
        return False
    if one.scope is function:
        return any(roles.trains(each) and each not in one.loops for each in loops[1:])
    return not one.loops and not _again(program, one.scope, file, 0) and (again or _again(program, function, file, 0))


def _again(program: Program, scope: ast.AST, file: File, depth: int) -> bool:
    """Whether a function is called in a loop, itself or one that calls it; of a method, whether its class is."""
    if not isinstance(scope, Function):
        return False
    around = file.parents.get(scope)
    name = around.name if isinstance(around, ast.ClassDef) else scope.name
    for home, call in program.calls_of.get(name, []):
        if any(isinstance(each, Loop | ast.comprehension) for each in ancestors(call, home.parents)):
            return True
        outer = scope_of(home, call)
        if depth < _DEEP and outer is not scope and _again(program, outer, home, depth + 1):
            return True
    return False


def _calls_on(file: File, name: str) -> list[ast.Call]:
    """The calls of methods of what is held under a name."""
    return [
        node
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and key(node.func.value) == name
    ]
