"""What a program sets up by hand: a model in 16 bits, weights of one value, biases below zero, an optimiser of its own."""

import ast
from collections.abc import Iterator

from .files import File, Program
from .numbers import constant
from .shape import Function, ancestors, argument, calls, last_name, number_of, plain

_HALF = frozenset(("half", "bfloat16"))
_FORMATS = frozenset(("float16", "half", "bfloat16"))
_RATES = frozenset(("lr", "learning_rate", "rate", "step_size", "eta", "alpha"))
_FILLS = frozenset(("constant_", "zeros_", "ones_", "fill_", "zero_"))


def converted(program: Program, variable: str) -> tuple[File, ast.Call] | None:
    """Where a model is put into 16 bits: `make_net().half()`. `variable`: a name that the model is known by."""
    models = {variable} - {""} | {
        last_name(call.func.value)
        for _, call in program.calls_of.get("parameters", [])
        if isinstance(call.func, ast.Attribute)
    }
    for name in (*_HALF, "to"):
        for file, call in program.calls_of.get(name, []):
            if not isinstance(call.func, ast.Attribute) or not _is_half(call):
                continue
            given, around = call.func.value, file.parents.get(call)
            named = {last_name(one) for one in around.targets} if isinstance(around, ast.Assign) else set()
            made = isinstance(given, ast.Call) and _makes_a_model(program, given)
            if made or (named | {last_name(given)}) & models - {""}:
                return file, call
    return None


def _is_half(call: ast.Call) -> bool:
    if last_name(call.func) in _HALF:
        return not call.args
    return any(last_name(one) in _FORMATS for one in (*call.args, *(word.value for word in call.keywords)))


def _makes_a_model(program: Program, call: ast.Call) -> bool:
    """Whether a function or a class of the program is called that makes layers."""
    name = last_name(call.func)
    known = program.classes.get(name) or program.called(call)
    if name == "Sequential":
        return True
    if known is None:
        return False
    if isinstance(known, ast.ClassDef) and any(
        isinstance(one, Function) and one.name == "forward" for one in known.body
    ):
        return True
    return any(
        isinstance(one, ast.Call) and (last_name(one.func) in {"Sequential", "Linear"} or _is_model(program, one))
        for one in ast.walk(known)
    )


def _is_model(program: Program, call: ast.Call) -> bool:
    known = program.classes.get(last_name(call.func))
    return known is not None and any(isinstance(one, Function) and one.name == "forward" for one in known.body)


def fills(program: Program, what: str) -> Iterator[tuple[File, ast.Call, float | None]]:
    """Where weights ("weight") or biases ("bias") are set to one value, and which: `nn.init.constant_(m.bias, -5.0)`, `m.bias.data.fill_(-5)`."""
    for name in sorted(_FILLS):
        for file, call in program.calls_of.get(name, []):
            filled = call.args[0] if call.args and last_name(getattr(call.func, "value", call)) == "init" else None
            if filled is None and name in {"constant_", "zeros_", "ones_"} and call.args:
                filled = call.args[0]
            if filled is None and isinstance(call.func, ast.Attribute):
                filled = call.func.value
            while isinstance(filled, ast.Attribute) and filled.attr == "data":
                filled = filled.value
            if not isinstance(filled, ast.Attribute) or filled.attr != what:
                continue
            fixed = {"zeros_": 0.0, "zero_": 0.0, "ones_": 1.0}
            value = fixed[name] if name in fixed else number_of(argument(call, 0 if name == "fill_" else 1, "val"))
            yield file, call, value


def lowered(program: Program, what: str) -> Iterator[tuple[File, ast.AST]]:
    """Where weights or biases are moved down by a number: `m.bias -= 5`, `m.bias.data.sub_(5)`."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
                target: ast.AST = node.target
                by, down = constant(program, file, node.value), isinstance(node.op, ast.Sub)
            elif isinstance(node, ast.Call) and last_name(node.func) in {"add_", "sub_"} and node.args:
                target, by = getattr(node.func, "value", node), constant(program, file, node.args[0])
                down = last_name(node.func) == "sub_"
            else:
                continue
            while isinstance(target, ast.Attribute) and target.attr == "data":
                target = target.value
            if isinstance(target, ast.Attribute) and target.attr == what and by is not None and (by > 0) == down and by:
                yield file, node


def of_all_layers(file: File, call: ast.Call) -> bool:
    """Whether what it fills is held under the name of a loop or of a function's argument, and is no norm: all layers one after the other."""
    filled = next(
        (one for one in ast.walk(call) if isinstance(one, ast.Attribute) and one.attr in {"weight", "bias"}), None
    )
    name = filled.value.id if filled is not None and isinstance(filled.value, ast.Name) else ""
    for one in ancestors(call, file.parents):
        if isinstance(one, ast.If) and "orm" in plain(one.test):
            return False
        if isinstance(one, ast.For) and name in {last_name(part) for part in ast.walk(one.target)}:
            return bool(name)
        if isinstance(one, Function):
            return name in {part.arg for part in one.args.args}
    return False


def own_optimiser(program: Program) -> tuple[File, ast.Call] | None:
    """Where an optimiser of a class of the program is made: the only call of one that is given `model.parameters()`."""
    found = []
    for file, call in program.calls_of.get("parameters", []):
        above = next(
            (
                one
                for one in ancestors(call, file.parents)
                if isinstance(one, ast.Call) and last_name(one.func) in program.classes
            ),
            None,
        )
        if above is not None:
            found.append((file, above))
    return found[0] if len(found) == 1 else None


def given_rate(program: Program, file: File, call: ast.Call) -> float | None:
    """The rate that such an optimiser is given, where it is always the same."""
    named = next((word.value for word in call.keywords if word.arg in _RATES), None)
    if named is not None:
        return constant(program, file, named)
    made = program.classes[last_name(call.func)]
    start = next((one for one in made.body if isinstance(one, Function) and one.name == "__init__"), None)
    names = [part.arg for part in start.args.args[1:]] if start is not None else []
    at = next((index for index, name in enumerate(names) if name in _RATES), -1)
    given = argument(call, at, "") if at >= 0 else None
    return constant(program, file, given)


def cleared_first(
    program: Program, backward_file: str, backward_line: int, *, steps: bool = False
) -> tuple[File, ast.stmt] | None:
    """In the block of a backward: a statement that clears gradients and stands between it and the one that uses them.

    `steps`: an optimiser uses them.
    """
    file = program.file(backward_file)
    if file is None:
        return None
    for call in (call for owner, call in program.calls_of.get("backward", []) if owner is file):
        if not call.lineno <= backward_line <= (call.end_lineno or call.lineno):
            continue
        statement = next((one for one in (call, *ancestors(call, file.parents)) if isinstance(one, ast.stmt)), None)
        block = _block(file, statement)
        if statement is None or statement not in block:
            continue
        at = block.index(statement)
        for one in block[at + 1 :] + block[:at]:
            clears, uses = _acts(program, one, steps=steps)
            if uses:
                return None
            if clears:
                return (
                    (file, one) if any(_acts(program, later, steps=steps) == (False, True) for later in block) else None
                )
    return None


def _block(file: File, statement: ast.stmt | None) -> list[ast.stmt]:
    above = file.parents.get(statement) if statement is not None else None
    body = getattr(above, "body", [])
    return body if isinstance(body, list) else []


def _acts(program: Program, statement: ast.stmt, *, steps: bool) -> tuple[bool, bool]:
    """Whether a statement clears gradients, and whether it uses them: by itself or in a function of the program that it calls."""
    clears, uses = _in(statement)
    for call in calls(statement):
        known = program.called(call)
        if known is not None and last_name(call.func) != "backward":
            more = _in(known)
            clears, uses = clears or more[0], uses or more[1]
        uses = uses or (steps and last_name(call.func) == "step")
    return clears, uses


def _in(node: ast.AST) -> tuple[bool, bool]:
    clears = uses = False
    tests: set[ast.AST] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in one.ops):
            tests.update(ast.walk(one))
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and one.value.value is None:
            gone = {part for part in one.targets if isinstance(part, ast.Attribute) and part.attr == "grad"}
            clears = clears or bool(gone)
            tests |= gone
        if isinstance(one, ast.Attribute) and one.attr == "zero_" and last_name(one.value) == "grad":
            clears = True
            tests.update(ast.walk(one))
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and one.attr == "grad" and one not in tests:
            uses = uses or isinstance(one.ctx, ast.Load)
    return clears, uses
