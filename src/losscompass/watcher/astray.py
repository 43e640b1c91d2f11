"""A softmax over an axis along which nothing is shared out: the samples of a batch, or the heads of an attention."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .xray import LOSSES, SHAPING, operation

MOST: Final = 5_000
"""Nodes of a graph up to which it is searched."""

PRODUCTS: Final = frozenset(("Bmm", "Baddbmm"))
_SOFTMAX: Final = frozenset(("Softmax", "SafeSoftmax", "LogSoftmax"))
_TO_LOGARITHM: Final = frozenset(("Log", "Clamp", "ClampMin", "ClampMax", "Div"))
_TURNING: Final = frozenset(("Transpose", "T", "Permute", "Select", "Squeeze", "Unsqueeze", "Slice", "AsStrided"))
"""Of these, those after which the last two axes need not be what they were."""

_THROUGH: Final = SHAPING | {"NativeDropout", "MaskedFill", "Mul", "Div"}


@dataclass(frozen=True, slots=True)
class Astray:
    """A node of the graph, the axis of its softmax, and how many axes its tensor has."""

    node: Any
    axis: int
    axes: int


def softmax_astray(nodes: Sequence[Any]) -> Astray | None:
    """The first softmax whose axis cannot be meant, by what its result goes into. `nodes`: all of a graph (`all_nodes`).

    Before a batched product of matrices the sum runs over one of the last two axes; shares along an axis before these are
    never added up, nor those of an attention's scores along the other one of the two. Before a loss over classes the class axis is 1. A square
    matrix is left alone: there both directions are in use (contrastive losses). What picks one share of each row (`gather`) picks along the
    axis of the classes.
    """
    if len(nodes) > MOST:
        return None
    for node in reversed(nodes):
        name = operation(node)
        if name == "Gather" and (picked := _picked(node)) is not None:
            return picked
        if name not in PRODUCTS and name not in LOSSES:
            continue
        for at, (child, _) in enumerate(node.next_functions):
            direct, below, turned = True, child, False
            for _ in range(8):
                inner = _single(below)
                if inner is None:
                    break
                turned = turned or operation(below) in _TURNING
                direct, below = False, inner
            found = None if below is None or operation(below) not in _SOFTMAX else _axis(below)
            if found is None:
                continue
            axis, shape = found
            if name in PRODUCTS:
                across = not turned and len(shape) >= 3 and axis == _kept_axis(name, at, len(shape))
                wrong = len(shape) >= 3 and (axis < len(shape) - 2 or (across and _of_a_product(below)))
            else:
                classes = direct and name.startswith("NllLoss")
                wrong = len(shape) >= 2 and shape[0] != shape[1] and (axis == 0 or (classes and axis != 1))
            if wrong:
                return Astray(below, axis, len(shape))
    return None


def _picked(node: Any) -> Astray | None:
    """The softmax, along another axis, of whose shares one is picked a row: as they are, or by a distribution over them."""
    try:
        along, below = int(node._saved_dim), next((child for child, _ in node.next_functions), None)
    except (AttributeError, RuntimeError):
        return None
    for _ in range(8):
        if below is None or operation(below) in _SOFTMAX:
            break
        below = _single(below) if operation(below) not in _TO_LOGARITHM else _inner(below)
    found = None if below is None or operation(below) not in _SOFTMAX else _axis(below)
    if found is None:
        return None
    axis, shape = found
    along = (along - 2**64 if along >= 2**63 else along) % len(shape)
    return Astray(below, axis, len(shape)) if axis != along and len(shape) == 2 and shape[0] != shape[1] else None


def _inner(node: Any) -> Any:
    """What goes into a logarithm, a clamp, or a division by its own sum."""
    inner = [child for child, _ in node.next_functions if child is not None]
    sums = [one for one in inner if operation(one) == "Sum"]
    if len(inner) == 2 and len(sums) == 1:
        inner.remove(sums[0])
    return inner[0] if len(inner) == 1 else None


def _kept_axis(name: str, at: int, axes: int) -> int:
    """Of the last two axes of a factor, the one that a product of matrices does not add up over."""
    left = at == (0 if name == "Bmm" else 1)
    return axes - 2 if left else axes - 1


def _of_a_product(node: Any) -> bool:
    """Whether what is shared out are products of two tensors that were computed, as an attention compares queries with keys.

    Scores of a layer may be shared out among clusters, and then added up over the places that were assigned to each.
    """
    inner = [child for child, _ in node.next_functions if child is not None]
    for _ in range(8):
        if len(inner) != 1 or operation(inner[0]) in PRODUCTS:
            break
        below = _single(inner[0])
        inner = [] if below is None else [below]
    return len(inner) == 1 and operation(inner[0]) in PRODUCTS and all(child for child, _ in inner[0].next_functions)


def _single(node: Any) -> Any:
    """What goes into an operation that changes shapes, masks or scales; None for any other, and where two tensors go in."""
    if node is None or operation(node) not in _THROUGH:
        return None
    inner = [child for child, _ in node.next_functions if child is not None]
    return inner[0] if len(inner) == 1 else None


def _axis(node: Any) -> tuple[int, tuple[int, ...]] | None:
    """Along which axis of which shape; None where this version of torch does not tell, or the result was changed in place."""
    try:
        shape, axis = tuple(node._saved_result.shape), int(node._saved_dim)
    except (AttributeError, RuntimeError):
        return None
    if axis >= 2**63:
        axis -= 2**64  # torch keeps it unsigned
    return (axis % len(shape), shape) if shape else None
