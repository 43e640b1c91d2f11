"""What is brought to one length, or to shares of one, along the samples of a batch: then the answer for one depends on who else is there."""

from collections.abc import Sequence
from typing import Any, Final

from .xray import LINEAR, SHAPING, chain, operation

MOST: Final = 5_000
"""Nodes of a graph up to which it is searched."""

_NORMS: Final = ("LinalgVectorNorm", "Norm")
_KEEPING: Final = SHAPING | {"ClampMin", "Clamp", "Maximum", "Add", "Expand"}
_SCALING: Final = SHAPING | {"Mul", "Div"}
_SCALED: Final = _SCALING | {"NativeDropout"}


def divided_among_samples(nodes: Sequence[Any]) -> Any:
    """The first division by a length, or into shares, along axis 0 of (samples, numbers); None where there is none. `nodes`: all of a graph.

    What is centred first, or goes into a product over the samples, is decorrelated (Barlow Twins), and meant so. Square
    matrices compare samples with each other, and have no axis of numbers.
    """
    if len(nodes) > MOST:
        return None
    found = [one for node in nodes if (one := node if _lengths(node) or _shares(node) else _weighing(node)) is not None]
    found += _gates(nodes)
    summed = {id(inner) for node in nodes for inner in _over_rows(node)}
    return next((node for node in found if id(node) not in summed), None)


def _inner(node: Any) -> list[Any]:
    return [child for child, _ in node.next_functions if child is not None]


def _lengths(node: Any) -> bool:
    """`x / x.norm(dim=0)`, with or without something that guards it."""
    sides = _inner(node)
    if operation(node) != "Div" or len(sides) != 2:
        return False
    length = _through(sides[1], _KEEPING)
    if not operation(length).startswith(_NORMS) or sides[0] not in _inner(length):
        return False
    return _axes(length, "_saved_dim") == (0,) and _wide(_shape(length, "_saved_self")) and _of_a_layer(sides[0])


def _shares(node: Any) -> bool:
    """`x.exp() / x.exp().sum(0)` and `x - x.logsumexp(0)`."""
    sides = _inner(node)
    if len(sides) != 2 or operation(node) not in ("Div", "Sub"):
        return False
    below = _through(sides[1], _KEEPING)
    if operation(node) == "Sub":
        fits = operation(below) == "Logsumexp" and sides[0] in _inner(below)
        return (
            fits
            and _axes(below, "_saved_dim") == (0,)
            and _wide(_shape(below, "_saved_self"))
            and _of_a_layer(sides[0])
        )
    fits = operation(below) == "Sum" and operation(sides[0]) == "Exp" and sides[0] in _inner(below)
    sizes = tuple(getattr(below, "_saved_self_sym_sizes", ()) or ()) if fits else ()
    return fits and _axes(below, "_saved_dim") == (0,) and _wide(sizes) and _of_a_layer(_centre(sides[0]))


def _weighing(node: Any) -> Any:
    """Shares along the samples that weigh what is then added up along another axis: `(s.softmax(0) * h).sum(1)`."""
    sizes = tuple(getattr(node, "_saved_self_sym_sizes", ()) or ())
    axes = _axes(node, "_saved_dim", len(sizes)) if operation(node) == "Sum" else ()
    product = _inner(node)[0] if axes and 0 not in axes and _inner(node) else None
    for side in _inner(product) if product is not None and operation(product) == "Mul" else ():
        shares = _through(side, SHAPING)
        sizes = _shape(shares, "_saved_result") if operation(shares) in ("Softmax", "SafeSoftmax") else ()
        if (
            len(sizes) >= 2
            and sizes[0] != sizes[1]
            and _axes(shares, "_saved_dim", len(sizes)) == (0,)
            and sizes[0] > 1
        ):
            return shares if _scores(_inner(shares)[0]) else None
    return None


def _gates(nodes: Sequence[Any]) -> list[Any]:
    """Shares along the samples that each number of what a layer gives, or the batch holds, is multiplied with: `x * gate(x).softmax(0)`.

    Shares that are then added up along that axis are those of an attention whose first axis is the time.
    """
    found = {}
    for node in nodes:
        if operation(node) != "Mul":
            continue
        for side, (child, _) in enumerate(node.next_functions):
            shares = None if child is None else _through(child, _SCALED)
            if shares is None or operation(shares) not in ("Softmax", "SafeSoftmax"):
                continue
            sizes = _shape(shares, "_saved_result")
            other = _shape(node, "_saved_self" if side else "_saved_other")
            wide = len(sizes) > 1 and sizes[0] > 1 and sizes[-1] > 1 and (len(sizes) > 2 or sizes[0] != sizes[1])
            if wide and sizes == other and _axes(shares, "_saved_dim", len(sizes)) == (0,):
                found[id(node)] = shares if _scores(_inner(shares)[0]) else None
    for node in nodes if found else ():
        if operation(node) in ("Sum", "Mean"):
            sizes = tuple(getattr(node, "_saved_self_sym_sizes", ()) or ())
            axes = _axes(node, "_saved_dim", len(sizes)) or (0,)
            if 0 in axes:
                found.pop(next((id(one) for one in _down(node) if id(one) in found), 0), None)
    return [one for one in found.values() if one is not None]


def _down(node: Any) -> list[Any]:
    """What is added up, through changes of its shape and factors."""
    below = _inner(node)
    for one in below:  # grows while it is walked
        if operation(one) in _SCALED and operation(one) != "Mul" and len(below) < 8:
            below += _inner(one)
    return below


def _centre(node: Any) -> Any:
    """Below an exponential, and below the largest that was taken off first."""
    below = _inner(node)[0]
    return _inner(below)[0] if operation(below) == "Sub" else below


def _scores(node: Any) -> bool:
    """Whether it is what a layer gives, but for a factor."""
    below = _through(node, _SCALING)
    return operation(below) in LINEAR


def _of_a_layer(node: Any) -> bool:
    """Whether rows of a layer's output stand there as the layer gave them: neither centred nor laid out anew."""
    names = [operation(one) for one in chain(node)]
    if not names or names[-1] not in LINEAR:
        return False
    centred = operation(node) == "Sub"
    return not centred and not any(
        name in ("View", "Squeeze", "UnsafeView", "Transpose", "Permute", "T") for name in names
    )


def _over_rows(node: Any) -> list[Any]:
    """What a product of matrices adds up over its rows: `a.T @ b`."""
    sides = _inner(node) if operation(node) in ("Mm", "Addmm") else []
    turned = any(operation(one) in ("T", "Transpose", "Permute") for one in sides[:1])
    return [_through(one, SHAPING) for one in sides] if turned else []


def _through(node: Any, names: Any) -> Any:
    for _ in range(6):
        inner = _inner(node)
        if operation(node) not in names or not inner:
            break
        node = inner[0]
    return node


def _axes(node: Any, name: str, axes: int = 2) -> tuple[int, ...]:
    """The axes that an operation went along; () where it does not tell. Torch keeps them unsigned."""
    told = getattr(node, name, None)
    told = (told,) if isinstance(told, int) else tuple(told or ())
    signed = [axis - 2**64 if axis >= 2**63 else axis for axis in told]
    return tuple(axis % axes if axes else axis for axis in signed)


def _shape(node: Any, name: str) -> tuple[int, ...]:
    try:
        return tuple(getattr(node, name).shape)
    except (AttributeError, RuntimeError):
        return ()


def _wide(sizes: tuple[int, ...]) -> bool:
    return len(sizes) == 2 and min(sizes) > 1 and sizes[0] != sizes[1]
