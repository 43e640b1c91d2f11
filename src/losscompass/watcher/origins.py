"""Where in the user's source a thing comes from: a layer's attribute, a frozen layer, the order of the data, a seed set again.

Read from the text of the files that the run passes through, when an event is told: nothing is hooked and nothing run for it.
"""

import ast
import linecache
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from .definitions import MOST
from .places import Places, Spot

_FREEZING: Final = re.compile(r"\brequires_grad_\(\s*False\s*\)|\brequires_grad\s*=\s*False\b")
_SEEDING: Final = frozenset(("manual_seed", "manual_seed_all", "default_rng", "RandomState"))
_FOLLOWED: Final = 5
"""Assignments that are followed back from a loss to what decided the order of its samples."""

_WRAPPED: Final = 4
"""Data sets around a data set (subsets of subsets)."""

_HELD: Final = 64
"""Entries of a list of layers that are looked at."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
_TREES: dict[str, ast.Module | None] = {}


def _tree(file: str) -> ast.Module | None:
    """The parsed file, once; None where there is none, or a very long one."""
    if file not in _TREES:
        if len(_TREES) >= 16:
            _TREES.clear()
        lines = linecache.getlines(file)
        try:
            _TREES[file] = ast.parse("".join(lines)) if 0 < len(lines) <= MOST else None
        except (SyntaxError, ValueError, RecursionError):
            _TREES[file] = None
    return _TREES[file]


def _spot(places: Places, file: str, line: int) -> Spot:
    """A line of a file. Its code object is one of its own: the function that the line is in is not known."""
    return places.spot_of(compile("", file, "exec"), line)


# -- layers ------------------------------------------------------------------------------------------------------------------


def holder(places: Places, model: Any, kind: type, parameters: set[int]) -> Spot | None:
    """Where a layer that no module registers was put into a plain list (or dict) of one that is registered."""
    for one in list(model.modules())[:MOST]:
        for name, value in vars(one).items():
            if name.startswith("_") or not isinstance(value, list | tuple | dict):
                continue
            held = list(value.values() if isinstance(value, dict) else value)[:_HELD]
            layers = [layer for layer in held if isinstance(layer, kind)]
            if any(id(p) in parameters for layer in layers for p in layer.parameters()):  # type: ignore[attr-defined]
                return _set_at(places, type(one), name)
    return None


def _set_at(places: Places, kind: type, attribute: str) -> Spot | None:
    """The line of a class that first sets an attribute (or first appends to it)."""
    code = getattr(vars(kind).get("__init__"), "__code__", None)
    if code is None or not places.owns(code):
        return None
    setting = re.compile(
        rf"\bself\.{re.escape(attribute)}\b\s*(:[^=]*)?=(?!=)|\bself\.{re.escape(attribute)}\.append\("
    )
    lines = linecache.getlines(code.co_filename)
    last = max((line for _, _, line in code.co_lines() if line), default=code.co_firstlineno)
    for number in range(code.co_firstlineno, min(last, len(lines)) + 1):
        if setting.search(lines[number - 1]):
            return places.spot_of(code, number)
    return None


def freezing(places: Places, near: Spot | None) -> Spot | None:
    """The only line of the file that takes the gradient from parameters; None where there is none, or several."""
    if near is None:
        return None
    lines = linecache.getlines(near.code.co_filename)[:MOST]
    hits = [number for number, line in enumerate(lines, 1) if _FREEZING.search(line.partition("#")[0])]
    return _spot(places, near.code.co_filename, hits[0]) if len(hits) == 1 else None


# -- the order of the data -----------------------------------------------------------------------------------------------------


def ordering(places: Places, loss: Spot | None) -> Spot | None:
    """Where a loop without a loader decides which samples come next: the index is made there, or a part is cut out by position.

    From the statement with the loss, the names that it indexes with (else those that it is given) are followed back.
    """
    line = None if loss is None else _ordering(loss.code.co_filename, loss.line)
    return None if loss is None or line is None else _spot(places, loss.code.co_filename, line)


@lru_cache(64)
def _ordering(file: str, line: int) -> int | None:
    tree = _tree(file)
    if tree is None:
        return None
    body = _function(tree, line) or tree
    statement = _statement(body, line)
    found = None if statement is None else _decided(body, statement, line, _FOLLOWED)
    return None if found is None or found.lineno == line else found.lineno


def _decided(body: ast.AST, statement: ast.stmt, line: int, left: int, *, index: bool = False) -> ast.stmt | None:
    """The statement that a statement's data are ordered by. `index`: it makes what other statements index with."""
    value = statement.iter if isinstance(statement, ast.For) else getattr(statement, "value", None)
    if value is None or not left:
        return None
    for node in ast.walk(value):
        if not isinstance(node, ast.Subscript):
            continue
        if isinstance(node.slice, ast.Name):  # x[rows]
            made = _assigned(body, node.slice.id, line)
            return None if made is None else _decided(body, made, made.lineno, left - 1, index=True) or made
        if isinstance(node.slice, ast.Slice) and isinstance(node.value, ast.Name):
            made = _assigned(body, node.value.id, line) if index else None  # order[i : i + batch]
            return made or statement  # x[i : i + batch]: as the data come
    for name in (one.id for one in ast.walk(value) if isinstance(one, ast.Name)):
        made = _assigned(body, name, line)
        found = None if made is None or made is statement else _decided(body, made, made.lineno, left - 1)
        if found is not None:
            return found
    return None


def _assigned(body: ast.AST, name: str, line: int) -> ast.stmt | None:
    """The last statement before a line that gives a name its value."""
    best: ast.stmt | None = None
    for node in ast.walk(body):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.For):
            targets = [node.target]
        names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        if name in names and node.lineno < line and (best is None or node.lineno > best.lineno):  # type: ignore[attr-defined]
            best = node  # type: ignore[assignment]
    return best


def _statement(body: ast.AST, line: int) -> ast.stmt | None:
    """The simple statement that a line belongs to."""
    for node in ast.walk(body):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno <= line <= (node.end_lineno or 0):
            return node
    return None


# -- seeds -----------------------------------------------------------------------------------------------------------------------


def seeding(places: Places, forward: Spot | None) -> Spot | None:
    """Where each step of the training seeds a generator anew with a number that stays the same.

    Looked at is what runs in each step: the innermost loop around the forward, or, without one, the function that calls it; and
    the functions of the same file that are called there. What stands under a condition is passed over.
    """
    line = None if forward is None else _seeding(forward.code.co_filename, forward.line)
    return None if forward is None or line is None else _spot(places, forward.code.co_filename, line)


@lru_cache(64)
def _seeding(file: str, line: int) -> int | None:
    tree = _tree(file)
    if tree is None:
        return None
    function = _function(tree, line)
    around = _loop(function or tree, line)
    if around is None and function is None:
        return None
    region: list[ast.stmt] = (
        function.body if around is None and function is not None else list(getattr(around, "body", []))
    )
    varying = _varying(around if around is not None else function, region)
    hit = _fixed_seed(region, varying)
    if hit is None:
        called = {_last(node.func) for node in _run(region) if isinstance(node, ast.Call)}
        called |= _feeding(tree, function) if around is None and function is not None else set()
        for one in ast.walk(tree):
            if isinstance(one, Function) and one.name in called and one is not function:
                hit = hit or _fixed_seed(one.body, _varying(one, one.body))
    return None if hit is None else hit.lineno


def _feeding(tree: ast.AST, step: Function) -> set[str]:
    """The functions that make what a step is given, where it is called in a loop: `step(source.next())`, `x = draw(); step(x)`."""
    found: set[str] = set()
    for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call) and _last(one.func) == step.name):
        around = _loop(_function(tree, call.lineno) or tree, call.lineno)
        if around is None:
            continue
        given: list[ast.AST] = [*call.args, *(one.value for one in call.keywords)]
        names = {ast.unparse(one) for each in given for one in ast.walk(each) if isinstance(one, ast.Name)}
        given += [
            node.value
            for node in _run(around.body)
            if isinstance(node, ast.Assign)
            and names & {ast.unparse(one) for to in node.targets for one in ast.walk(to)}
        ]
        found |= {_last(one.func) for each in given for one in ast.walk(each) if isinstance(one, ast.Call)}
    return found


def seeding_in(places: Places, data: Any) -> Spot | None:
    """Where a data set, for each sample that it gives, seeds a generator with a number that stays the same.

    What stands under `if self.augment:` is looked at where that is set.
    """
    for _ in range(_WRAPPED):
        data = getattr(data, "dataset", data)
    code = getattr(getattr(type(data), "__getitem__", None), "__code__", None)
    if code is None or not places.owns(code):
        return None
    held = vars(data) if hasattr(data, "__dict__") else {}
    flags = frozenset(f"self.{name}" for name, value in list(held.items())[:200] if value is True)
    line = _seeding_of(code.co_filename, code.co_firstlineno, flags)
    return None if line is None else places.spot_of(code, line)


@lru_cache(64)
def _seeding_of(file: str, first: int, flags: frozenset[str]) -> int | None:
    tree = _tree(file)
    function = None if tree is None else _function(tree, first)
    body = [] if function is None else _with_flags(function.body, flags)
    hit = None if function is None else _fixed_seed(body, _varying(function, body))
    return None if hit is None else hit.lineno


def _with_flags(body: list[ast.stmt], flags: frozenset[str]) -> list[ast.stmt]:
    """Statements, and in their place those under a condition that is always so."""
    found: list[ast.stmt] = []
    for one in body:
        always = isinstance(one, ast.If) and ast.unparse(one.test) in flags
        found += _with_flags(one.body, flags) if always and isinstance(one, ast.If) else [one]
    return found


def _fixed_seed(region: list[ast.stmt], varying: set[str]) -> ast.Call | None:
    for node in _run(region):
        if not isinstance(node, ast.Call) or len(node.args) + len(node.keywords) != 1:
            continue
        seed = node.args[0] if node.args else node.keywords[0].value
        name = _last(node.func)
        of_random = name == "seed" and isinstance(node.func, ast.Attribute) and _last(node.func.value) == "random"
        if name not in _SEEDING and not of_random:
            continue
        parts = list(ast.walk(seed))
        if any(isinstance(part, ast.Call | ast.Starred) for part in parts):
            continue
        if {ast.unparse(part) for part in parts if isinstance(part, ast.Name | ast.Attribute)} & varying:
            continue
        return node
    return None


def _run(region: list[ast.stmt]) -> Iterator[ast.AST]:
    """What runs whenever these statements run: not what is under a condition, nor in a function that is made here."""
    waiting: list[ast.AST] = list(region)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If | ast.IfExp | ast.Try | ast.Lambda | ast.ClassDef | Function):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _varying(around: ast.AST | None, region: list[ast.stmt]) -> set[str]:
    """Names that may hold something else each time: parameters, targets of the loop, and whatever is assigned."""
    found: set[str] = set()
    if isinstance(around, Function):
        given = around.args
        found |= {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs) if one.arg != "self"}
    targets: list[ast.AST] = [around.target] if isinstance(around, ast.For) else []
    for statement in region:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                targets += node.targets
            elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.NamedExpr):
                targets.append(node.target)
    for target in targets:
        found |= {ast.unparse(one) for one in ast.walk(target) if isinstance(one, ast.Name | ast.Attribute)}
    return found


def _function(tree: ast.AST, line: int) -> Function | None:
    """The innermost function around a line."""
    around = [
        one for one in ast.walk(tree) if isinstance(one, Function) and _begins(one) <= line <= (one.end_lineno or 0)
    ]
    return max(around, key=lambda one: one.lineno, default=None)


def _begins(function: Function) -> int:
    return min([function.lineno, *(one.lineno for one in function.decorator_list)])


def _loop(body: ast.AST, line: int) -> ast.For | ast.While | None:
    """The innermost loop of a function (or of the script) around a line."""
    around = [
        one
        for one in ast.walk(body)
        if isinstance(one, ast.For | ast.While) and one.lineno <= line <= (one.end_lineno or 0)
    ]
    return max(around, key=lambda one: one.lineno, default=None)


def _last(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


# -- what kind of training ---------------------------------------------------------------------------------------------------------

_REWARDED: Final = re.compile(r"\brewards?\b|_rewards?\b|\breturns\s*=")
_ACTING: Final = re.compile(r"\b(actions?|env|envs|episodes?|polic(y|ies)|rollouts?)\b|\benv\.step\(")


def acts_for_reward(near: Spot | None) -> bool:
    """Whether the file speaks of rewards and of who acts for them: reinforcement learning."""
    if near is None:
        return False
    return _acts(near.code.co_filename)


@lru_cache(64)
def _acts(file: str) -> bool:
    text = "".join(linecache.getlines(file)[:MOST])
    return bool(_REWARDED.search(text) and _ACTING.search(text))
