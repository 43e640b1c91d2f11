"""Images that are turned, mirrored or shifted at random, and what lies beside them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .files import File, Program, scope_of
from .flow import Definition, chain
from .shape import Function, ancestors, calls, inside, key, last_name, plain

_MOVES = frozenset(
    ("flip", "fliplr", "flipud", "rot90", "roll", "hflip", "vflip", "rotate", "affine", "warp_affine", "resized_crop")
)
_MAKERS = frozenset(
    (
        "RandomHorizontalFlip",
        "RandomVerticalFlip",
        "RandomRotation",
        "RandomAffine",
        "RandomResizedCrop",
        "RandomCrop",
        "RandomPerspective",
    )
)
_RANDOM = ("rand", "uniform", "choice", "bernoulli", "coin")
_SEEDS = ("manual_seed(", "random.seed(", "set_rng_state(", "setstate(", "set_state(", "replay")


@dataclass(frozen=True, slots=True)
class Move:
    """An image that is moved at random, and not what lies beside it."""

    file: File
    node: ast.AST
    image: str
    target: str
    apart: bool  # both are moved, each by a draw of its own


@dataclass(frozen=True, slots=True)
class _Change:
    """A definition that moves an image."""

    one: Definition
    kind: str
    condition: ast.If | None


def moves(program: Program) -> Iterator[Move]:
    """All of them, in functions that give a pair and in loops over pairs."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, Function) and program.is_used(node):
                for one in inside(node):
                    if (
                        isinstance(one, ast.Return)
                        and isinstance(one.value, ast.Tuple)
                        and 2 <= len(one.value.elts) <= 4
                    ):
                        given = [_made_of(file, element, node) for element in one.value.elts]
                        yield from _in_pair(program, file, node, given, [plain(each) for each in one.value.elts])
            elif (
                isinstance(node, ast.For)
                and isinstance(node.target, ast.Tuple)
                and any(True for _ in calls(node, "backward"))
            ):
                pair = node.target.elts
                while len(pair) == 2 and isinstance(pair[1], ast.Tuple):
                    pair = pair[1].elts  # `for i, (x, y) in enumerate(loader)`
                names = [key(one) for one in pair]
                scope = scope_of(file, node)
                given = [
                    [one for one in file.flow.of_name(name, scope) if node in one.loops or one.node is node]
                    for name in names
                ]
                yield from _in_pair(program, file, node, given, names)


def _made_of(file: File, node: ast.expr, scope: ast.AST) -> list[Definition]:
    return [one for one in chain(file.flow.uses(node)) if one.scope is scope]


def _in_pair(
    program: Program, file: File, around: ast.AST, given: list[list[Definition]], names: list[str]
) -> Iterator[Move]:
    changes = [_changes(program, file, around, one) for one in given]
    for at, mine in enumerate(changes):
        if not mine:
            continue
        left: list[tuple[int, _Change]] = []
        for other, theirs in enumerate(changes):
            if (
                at == other
                or not given[other]
                or _is_index(around, given[other])
                or _same_root(given[at], given[other])
            ):
                continue
            if {one.one for one in mine} & set(given[other]):
                break  # made of what was moved, or moved together
            handled = [
                one
                for one in given[other]
                if one.kind in {"assign", "add", "grow"} and _condition(file, one.node, around) is not None
            ]
            moved = {one.one for one in theirs}
            if any(one not in moved for one in handled):
                break  # changed by hand: by arithmetic on the corners of a box
            alone = _alone(mine, theirs)
            if alone is not None:
                left.append((other, alone))
                continue
            apart = _drawn_apart(file, around, mine, theirs)
            if apart is not None and at < other:
                yield Move(file, apart.one.node, names[at], names[other], apart=True)
                return
            break  # moved alike: what else there is, such as a class, need not move
        else:
            for other, alone in left[:1]:
                yield Move(file, alone.one.node, names[at], names[other], apart=False)
                return


def _alone(mine: list[_Change], theirs: list[_Change]) -> _Change | None:
    """The first move that the other side does not make."""
    open_ = [one.kind for one in theirs]
    for one in mine:
        if one.kind not in open_:
            return one
        open_.remove(one.kind)
    return None


def _is_index(around: ast.AST, given: list[Definition]) -> bool:
    """Whether it is nothing but the index that an item was asked for by."""
    return (
        isinstance(around, Function) and around.name == "__getitem__" and all(one.kind == "parameter" for one in given)
    )


def _changes(program: Program, file: File, around: ast.AST, given: list[Definition]) -> list[_Change]:
    found = []
    for one in sorted(given, key=lambda d: d.line):
        if one.value is None or one.kind not in {"assign", "grow"}:
            continue
        kind = _move(program, one.value)
        condition = _condition(file, one.node, around)
        if kind and (_is_random(file, one, condition) or kind.startswith("=")):
            found.append(_Change(one, kind, condition))
    return found


def _move(program: Program, node: ast.expr) -> str:
    """How an expression moves an image; "" where it does not. What draws for itself begins with "="."""
    for call in calls(node):
        name = last_name(call.func)
        if name in _MOVES:
            return name
        function = program.called(call)
        if function is not None and len(call.args) == 1 and not call.keywords and _moves_at_random(function):
            return f"={name}"
        drawing = any(program.calls_of.get(maker) for maker in _MAKERS)
        if drawing and ("transform" in name or "aug" in name) and function is None and len(call.args) == 1:
            return f"={name}"
    for one in ast.walk(node):
        if isinstance(one, ast.Slice) and one.step is not None and plain(one.step) == "-1":
            return "flip"
    return ""


def _moves_at_random(function: Function) -> bool:
    returned = [one.value for one in inside(function) if isinstance(one, ast.Return) and one.value is not None]
    if not returned or any(isinstance(one, ast.Tuple) for one in returned):
        return False
    moved = any(True for _ in calls(function, *_MOVES))
    return moved and any(any(word in last_name(call.func) for word in _RANDOM) for call in calls(function))


def _condition(file: File, node: ast.AST, around: ast.AST) -> ast.If | None:
    """The innermost `if` around a node, within a function or a loop."""
    for one in ancestors(node, file.parents):
        if one is around:
            return None
        if isinstance(one, ast.If):
            return one
    return None


def _is_random(file: File, one: Definition, condition: ast.If | None) -> bool:
    tests = [condition.test] if condition is not None else []
    tests += [one.value] if one.value is not None else []
    for test in tests:
        texts = [
            plain(test),
            *(plain(each.value) for each in file.flow.uses(test) if each.value is not None and each.kind == "assign"),
        ]
        if any(any(word in last_name(call.func).lower() for word in _RANDOM) for call in calls(test)):
            return True
        if any(f"{word}" in text.partition("(")[0] for text in texts[1:] for word in _RANDOM):
            return True
    return False


def _same_root(mine: list[Definition], theirs: list[Definition]) -> bool:
    """Whether both begin as the same thing: two views of one image."""
    roots = [
        {(plain(one.value), one.at) for one in each if one.value is not None and not one.old} for each in (mine, theirs)
    ]
    taken = [{one for one in each if "[" in one[0]} for each in roots]  # `self.images[i]`
    shared = set(mine) & set(theirs)
    if any(one.kind != "parameter" and one.value is not None and "[" in plain(one.value) for one in shared):
        return True
    if taken[0] or taken[1]:
        return bool(taken[0] & taken[1])
    return bool(shared)


def _drawn_apart(file: File, around: ast.AST, mine: list[_Change], theirs: list[_Change]) -> _Change | None:
    """The second of two moves that are made by different draws."""
    lines = file.lines[getattr(around, "lineno", 1) - 1 : getattr(around, "end_lineno", 1)]
    if any(word in line for line in lines for word in _SEEDS):
        return None
    for one in mine:
        if one.condition and any((other.kind, other.condition) == (one.kind, one.condition) for other in theirs):
            continue  # by the same draw; another such move, by a draw of its own, does not part them
        for other in theirs:
            if one.kind != other.kind:
                continue
            if one.kind.startswith("="):
                return other
            if one.condition is not other.condition and all(
                each.condition is not None
                and any(
                    any(word in last_name(call.func).lower() for word in _RANDOM) for call in calls(each.condition.test)
                )
                for each in (one, other)
            ):
                return other
    return None
