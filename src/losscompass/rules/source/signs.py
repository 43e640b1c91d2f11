"""Terms of a loss that stand with the wrong sign: what should grow is added to what is made small."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .files import File, Program
from .shape import inside, last_name, number_of
from .trace import trace

DEEP = 24
"""Steps from the backward to a term."""

LIKENESSES = frozenset(
    ("iou", "giou", "diou", "ciou", "dice", "ssim", "psnr", "cosine_similarity", "accuracy", "f1", "jaccard", "auc")
)
"""Measures that are the better the larger they are, by the last words of a function's name."""

_SAME = frozenset(
    [
        "mean",
        "sum",
        "nanmean",
        "squeeze",
        "unsqueeze",
        "reshape",
        "view",
        "flatten",
        "float",
        "double",
        "to",
        "clone",
        "contiguous",
        "stack",
        "cat",
        "concat",
        "tensor",
    ]
)
"""Calls that leave the sign as it is."""

_EITHER = frozenset(("min", "minimum", "max", "maximum"))
"""Calls that take one of two terms, element by element, where both are given."""

_DRAWS = ("sample", "multinomial")
"""Calls that draw an action from probabilities."""

_COSTS = ("cost", "loss", "regret", "penalty", "energy", "neg", "error")


@dataclass(frozen=True, slots=True)
class Term:
    """A term that grows where the loss grows."""

    form: str  # "policy": a log-probability times how good it was; "likeness": a measure of how alike two things are
    file: File
    node: ast.AST


def wrong_terms(program: Program) -> Iterator[Term]:
    """The terms of everything that is back-propagated that stand with a plus and should not."""
    for file, call in program.calls_of.get("backward", []):
        if isinstance(call.func, ast.Attribute):
            for sign, where, node in _terms(program, file, call.func.value, 1, 0):
                if sign > 0 and (form := _form(program, where, node)):
                    yield Term(form, where, node)


def _terms(program: Program, file: File, node: ast.AST, sign: int, depth: int) -> Iterator[tuple[int, File, ast.AST]]:
    """The terms of a sum with their signs, through names, plain calls and functions of the program."""
    if depth > DEEP:
        return
    deeper = depth + 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _terms(program, file, node.operand, -sign, deeper)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(program, file, node.left, sign, deeper)
        yield from _terms(program, file, node.right, sign if isinstance(node.op, ast.Add) else -sign, deeper)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _terms(program, file, node.left, sign, deeper)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        numbers = [number_of(one) for one in (node.left, node.right)]
        if numbers[0] is None and numbers[1] is None:
            yield sign, file, node
        else:
            factor = next(one for one in numbers if one is not None)
            rest = node.right if numbers[0] is not None else node.left
            yield from _terms(program, file, rest, sign if factor >= 0 else -sign, deeper)
    elif isinstance(node, ast.List | ast.Tuple):
        for one in node.elts:
            yield from _terms(program, file, one, sign, deeper)
    elif isinstance(node, ast.Call):
        yield from _of_call(program, file, node, sign, deeper)
    elif isinstance(node, ast.Name):
        yield from _of_name(program, file, node, sign, deeper)


def _of_call(
    program: Program, file: File, node: ast.Call, sign: int, depth: int
) -> Iterator[tuple[int, File, ast.AST]]:
    name = last_name(node.func)
    function = program.called(node)
    if function is not None and not _is_likeness(name):
        returned = [one.value for one in inside(function) if isinstance(one, ast.Return) and one.value is not None]
        if len(returned) == 1:
            yield from _terms(program, program.file_of[function], returned[0], sign, depth)
    elif name in _SAME:
        method = isinstance(node.func, ast.Attribute) and last_name(node.func.value) not in {"torch", "F", "np"}
        inner = node.func.value if method and isinstance(node.func, ast.Attribute) else (node.args or [node])[0]
        if inner is not node:
            yield from _terms(program, file, inner, sign, depth)
    elif name in _EITHER and len(node.args) == 2 and all(isinstance(one, ast.Name | ast.BinOp) for one in node.args):
        yield from _terms(program, file, node.args[0], sign, depth)  # the smaller of two of a kind: a clipped objective
    else:
        yield sign, file, node


def _of_name(
    program: Program, file: File, node: ast.Name, sign: int, depth: int
) -> Iterator[tuple[int, File, ast.AST]]:
    found = file.flow.reaching.get(node, frozenset())
    if (
        not found
        or len(found) > 3
        or any(one.kind not in {"assign", "grow", "add"} or one.at is not None for one in found)
    ):
        return
    for one in sorted(found, key=lambda d: (d.line, d.name)):
        if one.value is not None:
            yield from _terms(program, file, one.value, sign, depth)


def _form(program: Program, file: File, node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return "likeness" if _is_likeness(last_name(node.func)) else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = [trace(program, file, one) for one in (node.left, node.right)]
        probable = [bool(one.calls("log_prob")) for one in sides]
        drawn = sum(probable) == 1 and any(program.calls_of.get(name) for name in _DRAWS)
        if drawn and not any(_turned(file, one) for one in (node.left, node.right)):
            return "policy"
    return ""


def _turned(file: File, side: ast.expr) -> bool:
    """Whether a minus, or a word for what is to be small, stands in it or in what its names were last given: then nothing is said."""
    near = [side, *(one.value for one in file.flow.uses(side) if one.value is not None)]
    for node in (each for one in near for each in ast.walk(one)):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and number_of(node) is None:
            return True
        name = last_name(node).lower() if isinstance(node, ast.Name | ast.Attribute) else ""
        if any(word in name for word in _COSTS):
            return True
    return False


def _is_likeness(name: str) -> bool:
    """Whether a function's name says that more is better: `box_iou`, `soft_dice`; not `iou_loss`, `dice_distance`."""
    words = name.lower().strip("_").split("_")
    return (words[-1] in LIKENESSES or "_".join(words[-2:]) in LIKENESSES) and "loss" not in words
