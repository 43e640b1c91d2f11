"""What the source does to the targets of a regression."""

import ast

from .files import Program
from .flow import Definition
from .shape import key, last_name

_NAMES = ("target", "label", "price", "truth")
_PLAIN = frozenset(("y", "ys", "y_train", "train_y", "ytr", "y_tr"))


def standardised_target(program: Program) -> bool:
    """Whether something that is called a target gets its mean taken away and is divided by its spread: half of it is below zero."""
    for file in program.files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            value = node.value
            divided = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div)
            if not divided or not isinstance(value, ast.BinOp):
                continue
            left = value.left
            if not isinstance(left, ast.BinOp) or not isinstance(left.op, ast.Sub):
                continue
            names = {key(node.targets[0]), key(left.left)}
            if not all(_is_target(name) for name in names):
                continue
            middle = {*_made_by(file.flow.uses(left.right)), *_calls(left.right)}
            spread = {*_made_by(file.flow.uses(value.right)), *_calls(value.right)}
            if middle & {"mean", "median", "nanmean"} and spread & {"std", "nanstd"}:
                return True
    return False


def _is_target(name: str) -> bool:
    plain = name.rpartition(".")[2].lower()
    return plain in _PLAIN or any(word in plain for word in _NAMES)


def _made_by(found: frozenset[Definition]) -> set[str]:
    return {name for one in found if one.value is not None for name in _calls(one.value)}


def _calls(node: ast.AST) -> set[str]:
    return {last_name(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
