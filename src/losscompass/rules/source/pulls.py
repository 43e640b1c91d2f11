"""Distances with the wrong sign: what belongs together is pushed apart, what does not is pulled together.

Read where the words leave no doubt: a hinge over the difference of two distances, one of which is named for a pair that belongs together
and the other for one that does not; a contrastive loss whose label says `same`; a triplet loss that is given negatives for positives.
"""

import ast
import re
from collections.abc import Iterator

from .files import File, Program
from .shape import last_name, number_of, plain

_NEAR = frozenset(("pos", "positive", "positives", "near", "same", "ap", "dp", "intra", "match", "matched", "matching"))
_FAR = frozenset(
    (
        "neg",
        "negative",
        "negatives",
        "far",
        "an",
        "dn",
        "inter",
        "different",
        "differ",
        "mismatch",
        "mismatched",
        "other",
    )
)
_ALONE = {"p": True, "n": False}
"""Names that say it only as the argument of a function which has both."""
_SAME = frozenset(
    ("same", "is_same", "match", "matching", "similar", "is_similar", "is_match", "same_class", "same_person")
)
"""Labels that are 1 for a pair that belongs together. Of `y` and `label` nothing is known: both ways are in use."""
_HINGES = frozenset(("relu", "relu_", "clamp", "clamp_min", "softplus", "maximum", "max", "hinge"))
_APART = re.compile(r"dist|norm\(|cdist|\*\* ?2|\.pow\(2\)|square|\.abs\(|sqrt")
_ALIKE = re.compile(r"cos|sim\b|simil|score|logit|@|matmul|einsum|inner|dot\(")
_TRIPLETS = re.compile(r"triplet", re.IGNORECASE)


def pushed_apart(program: Program) -> Iterator[tuple[File, ast.AST]]:
    """Where that is written: the file and the expression."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call):
                turned = (last_name(node.func) in _HINGES and _turned_hinge(file, node)) or _turned_call(program, node)
            else:
                turned = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _turned_pair(file, node)
            if turned:
                yield file, node


def _words(node: ast.AST) -> set[str]:
    """The words in the names of an expression: "d_pos" is "d" and "pos"."""
    names = [last_name(one) for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)]
    return {word for name in names for word in re.split(r"[_\d]+", name.lower()) if word}


def _belongs(node: ast.AST) -> bool | None:
    """Whether a distance is of a pair that belongs together; None where its words do not say, or say both."""
    near, far = bool(_words(node) & _NEAR), bool(_words(node) & _FAR)
    return near if near != far else None


def _is_distance(file: File, node: ast.AST) -> bool:
    """Whether it is a distance, by its words and by what its names were given; not a likeness, of which more is better."""
    text = " ".join([plain(node), *(plain(one.value) for one in file.flow.uses(node) if one.value is not None)])
    return bool(_APART.search(text)) and not _ALIKE.search(text)


def _signed(node: ast.AST, sign: int = 1) -> Iterator[tuple[int, ast.AST]]:
    """The terms of a sum with their signs."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _signed(node.left, sign)
        yield from _signed(node.right, sign if isinstance(node.op, ast.Add) else -sign)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _signed(node.operand, -sign)
    else:
        yield sign, node


def _turned_hinge(file: File, call: ast.Call) -> bool:
    """`relu(far - near + margin)`: what it makes small is how far apart the negatives are."""
    inner = [*call.args, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
    for one in inner:
        terms = list(_signed(one))
        signs = {belongs: sign for sign, term in terms if (belongs := _belongs(term)) is not None}
        if len(terms) < 2 or signs != {True: -1, False: 1}:
            continue
        if all(_is_distance(file, term) for _, term in terms if _belongs(term) is not None):
            return True
    return False


def _turned_pair(file: File, node: ast.BinOp) -> bool:
    """`(1 - same) * distance ** 2` or `same * relu(margin - distance)`."""
    for label, rest in ((node.left, node.right), (node.right, node.left)):
        apart = isinstance(label, ast.BinOp) and isinstance(label.op, ast.Sub) and number_of(label.left) == 1
        name = label.right if apart and isinstance(label, ast.BinOp) else label
        if not isinstance(name, ast.Name | ast.Attribute) or last_name(name).lower() not in _SAME:
            continue
        if not _is_distance(file, rest):
            continue
        terms = [term for one in ast.walk(rest) if isinstance(one, ast.BinOp) for term in _signed(one)]
        pushes = any(sign < 0 and _is_distance(file, term) for sign, term in terms) and "margin" in plain(rest).lower()
        if pushes != apart:
            return True
    return False


def _turned_call(program: Program, call: ast.Call) -> bool:
    """A triplet loss that is given what is named for negatives in the place of positives, and the other way about."""
    name = last_name(call.func)
    function = program.called(call)
    places = {True: 1, False: 2}
    if function is not None:
        names = [one.arg.lower() for one in function.args.args if one.arg != "self"]
        said = {_said(name): at for at, name in enumerate(names)}
        if None in said:
            said.pop(None)
        if set(said) != {True, False}:
            return False
        places = {bool(key): at for key, at in said.items() if key is not None}
    elif not _TRIPLETS.search(name) or len(call.args) != 3:
        return False
    if max(places.values()) >= len(call.args):
        return False
    given = {key: _said_of(call.args[at]) for key, at in places.items()}
    return given == {True: False, False: True}


def _said(name: str) -> bool | None:
    words = {word for word in re.split(r"[_\d]+", name.lower()) if word}
    near, far = bool(words & _NEAR), bool(words & _FAR)
    return near if near != far else _ALONE.get(name)


def _said_of(node: ast.AST) -> bool | None:
    """What the names in an argument say, functions that are called aside: `net(n)` is of a negative."""
    functions = {one.func for one in ast.walk(node) if isinstance(one, ast.Call)}
    said = {
        _said(last_name(one))
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.Attribute) and one not in functions
    } - {None}
    return said.pop() if len(said) == 1 else None
