"""What is said to be a validation, by its text; and where its data are made."""

import ast
import re
from collections.abc import Iterator

from ...evidence.records import Place
from .files import File, Program, place_at, scope_of
from .shape import Function, ancestors, calls, inside, key, last_name, plain

OF_VALIDATION = frozenset(
    (
        "val",
        "valid",
        "validation",
        "validate",
        "vali",
        "va",
        "dev",
        "test",
        "te",
        "holdout",
        "heldout",
        "held",
        "unseen",
    )
)
_METHODS = frozenset(("val", "valid", "validation", "validate", "dev"))
"""In the name of a function that measures. Those called `test` are given whatever there is."""

OF_TRAINING = frozenset(("train", "training", "trn", "tr", "fit"))
_DEEP = 3  # functions that call each other


def said_to_be_validation(program: Program, where: Place | None) -> Place | None:
    """Where data are validated on by the names that the code gives to what comes of it, and not trained on: the line to point to.

    `where`: a line that measures without training. None where the names say something else, or nothing.
    """
    file = None if where is None else program.file(where.file)
    if file is None or where is None:
        return None
    found = [
        (home, one, _kept_under(one), list(_given(one))) for home, one in _statements(program, file, where.line, 0)
    ]
    if any(words_of(name) & OF_TRAINING for _, _, kept, _ in found for name in kept):
        return None  # it is said to be what it is
    for home, statement, kept, given in found:
        named = next((one for one in given if words_of(key(one)) & OF_VALIDATION), None)
        if named is not None or any(words_of(name) & OF_VALIDATION for name in kept):
            return (None if named is None else definition(home, named)) or place_at(home, statement)
    for home, statement, _, _ in found[:1]:
        function = scope_of(home, statement)
        handed = [key(one) for _, other, _, given in found if scope_of(home, other) is not function for one in given]
        validates = isinstance(function, Function) and bool(words_of(function.name) & _METHODS)
        if validates and not any(words_of(one) & OF_TRAINING for one in handed):
            return place_at(home, statement)
    return None


def _given(statement: ast.stmt) -> Iterator[ast.expr]:
    """What the calls in a statement are given; of a loop, what it goes over."""
    if isinstance(statement, ast.For):
        yield from (one for one in ast.walk(statement.iter) if isinstance(one, ast.Name | ast.Attribute) and key(one))
        return
    for call in calls(statement):
        yield from (one for one in (*call.args, *(word.value for word in call.keywords)) if key(one))


def definition(file: File, node: ast.expr) -> Place | None:
    """The one statement that gives a name or an attribute its value."""
    while isinstance(node, ast.Subscript):
        node = node.value
    found = [one for one in file.flow.uses(node) if one.kind == "assign" and isinstance(one.node, ast.stmt)]
    lines = {one.line for one in found}
    return place_at(file, found[0].node) if len(lines) == 1 else None


def data_of_loader(program: Program, made: Place | None, other: Place | None) -> Place | None:
    """Where the data set of a loader is made, if it has a line of its own and is not the one that another loader has."""
    mine, theirs = (_data_set(program, one) for one in (made, other))
    if mine is None or made is None or (theirs is not None and plain(mine[1]) == plain(theirs[1])):
        return made
    return definition(*mine) or made


def _data_set(program: Program, made: Place | None) -> tuple[File, ast.expr] | None:
    file = None if made is None else program.file(made.file)
    if file is None or made is None:
        return None
    for call in (one for home, one in program.calls_of.get("DataLoader", []) if home is file):
        if call.lineno <= made.line <= (call.end_lineno or call.lineno) or made.line == _first_line(file, call):
            given = (
                call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "dataset"), None)
            )
            if isinstance(given, ast.Call) and last_name(given.func) == "Subset" and len(given.args) == 2:
                given = given.args[1]  # the indices
            return None if given is None or not key(given) else (file, given)
    return None


def _first_line(file: File, node: ast.AST) -> int:
    statement = next((one for one in ancestors(node, file.parents) if isinstance(one, ast.stmt)), node)
    return int(getattr(statement, "lineno", 0))


def _statements(program: Program, file: File, line: int, depth: int) -> Iterator[tuple[File, ast.stmt]]:
    """The statement on a line; and those that call the function that it is in, where that does not train."""
    own = [
        one for one in ast.walk(file.tree) if isinstance(one, ast.stmt) and one.lineno <= line <= (one.end_lineno or 0)
    ]
    if not own:
        return
    inner = max(own, key=lambda one: one.lineno)
    around = [one for one in (inner, *ancestors(inner, file.parents)) if isinstance(one, ast.stmt)]
    function = next((one for one in around if isinstance(one, Function)), None)
    for one in around:
        if isinstance(one, Function):
            break
        if one is inner or isinstance(one, ast.For):
            yield file, one
    if function is None or depth >= _DEEP or any(True for _ in calls(function, "backward")):
        return
    for home, call in program.calls_of.get(function.name, []):
        yield from _statements(program, home, call.lineno, depth + 1)


def _kept_under(statement: ast.stmt) -> list[str]:
    """The names and keys under which a statement keeps what it computes: of an assignment, of `history["val"].append(…)`."""
    targets: list[ast.AST] = []
    if isinstance(statement, ast.For):
        return []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets = [statement.target]
    found = [plain(one) for one in targets]
    for call in calls(statement):
        if isinstance(call.func, ast.Attribute) and call.func.attr in {
            "append",
            "update",
            "log",
            "add_scalar",
            "log_metric",
        }:
            found.append(plain(call.func.value))
            found += [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        elif last_name(call.func) == "print":
            found += [one.value for one in inside(call) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [one for one in found if one]


def words_of(name: str) -> set[str]:
    """The words of a name: "val", "loss" of `valLoss`, `val_loss` and `xval`."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    words = {one.lower() for one in parts}
    return words | {"val" for one in words if len(one) <= 5 and one.endswith("val") and one != "eval"}
