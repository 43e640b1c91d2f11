"""A loss written by hand whose prediction and target were broadcast against each other: (N, 1) with (N,) gives (N, N)."""

from dataclasses import dataclass
from itertools import zip_longest
from math import prod
from typing import Any, Final

from .xray import SHAPING, operation

_OUTER: Final = SHAPING | {"Mean", "Sum", "Neg", "Add", "Div", "Mul", "Sub", "Sqrt"}
"""What stands between a loss and the difference that it measures."""

_MEASURES: Final = frozenset(("Pow", "Abs", "Square"))
_NEAR: Final = 64
"""Nodes below the loss that are looked at."""

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A node whose two inputs were both repeated to make it."""

    node: Any
    one: Shape  # of the input that the model made
    other: Shape
    made: Shape


def repeated(root: Any) -> Repeated | None:
    """The first difference that a loss squares (or takes the absolute value of), or weighted mean, whose both sides were repeated.

    A difference keeps nothing of its other side: there, a batch that meets itself, (N, 1) or (N,) making (N, N), tells it.
    Where both sides can be trained, all pairs are compared on purpose.
    """
    rows: list[tuple[Any, bool]] = [(root, False)]  # and whether a measure was passed
    for node, measured in rows:
        name, below = operation(node), [(child, at) for child, at in node.next_functions if child is not None]
        if name in ("Sub", "Rsub") and measured:
            found = _difference(node, below)
            if found is not None:
                return found
            continue
        if name == "Mul" and not measured and len(below) == 1:
            found = _product(node, below[0])
            if found is not None:
                return found
        twice = name == "Mul" and len(below) == 2 and below[0] == below[1]  # (a - b) * (a - b)
        if (name not in _OUTER and name not in _MEASURES) or len(rows) >= _NEAR:
            continue
        inside = measured or name in _MEASURES or twice
        rows += [(child, inside) for child, _ in (below[:1] if twice else below)]
    return None


def _difference(node: Any, below: list[tuple[Any, int]]) -> Repeated | None:
    made = _shape(node, 0)
    if made is None or len(below) != 1:
        return None
    one = _shape(*below[0])
    if one is None or not one or len(made) < 2 or prod(one) >= prod(made):
        return None
    size = one[0]
    if size < 2 or made[:2] != (size, size) or len(one) not in (len(made), len(made) - 1):
        return None
    if one == (size, 1, *made[2:]):
        return Repeated(node, one, made[1:], made)
    return Repeated(node, one, (size, 1, *made[2:]), made) if one == made[1:] and len(made) == 2 else None


def _product(node: Any, child: tuple[Any, int]) -> Repeated | None:
    made, one = _shape(node, 0), _shape(*child)
    try:
        saved = node._saved_other if node._saved_other is not None else node._saved_self
    except (AttributeError, RuntimeError):
        return None
    if made is None or one is None or not hasattr(saved, "shape"):  # by a number
        return None
    other = tuple(saved.shape)
    both = prod(made) > max(prod(one), prod(other)) and max(prod(one), prod(other)) > 1
    square = both and max(one) == max(other) and any(a != b for a, b in zip_longest(one, other))
    return Repeated(node, one, other, made) if square and 1 not in (prod(one), prod(other)) else None


def _shape(node: Any, at: int) -> Shape | None:
    """The shape of what a node made."""
    if operation(node) == "AccumulateGrad":
        return tuple(node.variable.shape)
    told = getattr(node, "_input_metadata", None)
    return tuple(told[at].shape) if told is not None and at < len(told) else None
