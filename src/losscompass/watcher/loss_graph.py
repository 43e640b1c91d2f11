"""What the graph between the loss and the last layers says: what is done to the loss, where it may break, who sees whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, Final

from .xray import LINEAR, LOSSES, SHAPING, operation

_STEPS: Final = 12
_NEAR: Final = 400
"""Nodes that are looked at between the loss and the layers with weights."""

_MODEL: Final = 2_000
"""Nodes of a variational model that are looked at."""

_FRAGILE: Final = frozenset(("Log", "Log2", "Log10", "Sqrt", "Rsqrt", "Reciprocal", "Div", "Acos", "Asin", "Std"))
"""Operations whose value or gradient is no number at the border of what they are defined for."""

_GUARDS: Final = frozenset(("Add", "Clamp", "ClampMin", "ClampMax", "Softplus", "Exp", "Maximum"))
"""What keeps a number away from the border: `log(p + eps)`, `p.clamp(eps)`."""

ATTENDING: Final = ("Softmax", "SafeSoftmax", "ScaledDotProduct")
"""What makes shares of the scores of an attention, by the beginning of its name."""

_LAYERS: Final = (*sorted(LINEAR), "Embedding", "Lstm", "Gru", "Rnn", "NativeBatchNorm", "NativeLayerNorm")
_BETWEEN: Final = SHAPING | {"Div", "Mul", "Sub"}
_ELEMENTWISE: Final = ("BinaryCrossEntropy", "BinaryCrossEntropyWithLogits", "MseLoss", "L1Loss", "SmoothL1Loss")
_OUTER: Final = 1 << 20
"""Numbers of a mask that are looked at, at the most."""


def _saved(node: Any, name: str) -> Any:
    """What a node has kept for its backward; None where it keeps no such thing, or where that was written over since."""
    try:
        return getattr(node, name, None)
    except RuntimeError:
        return None


def operations_above(root: Any) -> list[str]:
    """The operations that were applied to the loss, the last first, along the first input, to a loss function or a layer."""
    found: list[str] = []
    node = root
    while node is not None and len(found) < _STEPS:
        name = operation(node)
        found.append(name)
        if name in LOSSES or name.startswith(_LAYERS) or name == "AccumulateGrad":
            break
        node = next((child for child, _ in node.next_functions if child is not None), None)
    return found


def fragile_operations(root: Any) -> list[Any]:
    """Logarithms, roots and quotients between the loss and the layers that nothing guards, the nearest to the loss first."""
    found, known, rows = [], {root}, [root]
    for node in rows:  # grows while it is walked: breadth first
        name = operation(node)
        if name.startswith(_LAYERS):
            continue
        children = [child for child, _ in node.next_functions if child is not None]
        if name in _FRAGILE and not _guarded(node, name, children):
            found.append(node)
        for child in children:
            if child not in known and len(rows) < _NEAR:
                known.add(child)
                rows.append(child)
    return found


def _guarded(node: Any, name: str, children: list[Any]) -> bool:
    if name != "Div":
        below = children[0] if children else None
        while below is not None and operation(below) in ("Rsub", *SHAPING):  # `log(1 - p)`
            below = next((child for child, _ in below.next_functions if child is not None), None)
        return below is None or operation(below) in _GUARDS
    if len(children) == 2:
        return operation(children[1]) in _GUARDS - {"Add"}  # a sum of two numbers can be 0: `a / (b + c)`
    other = _saved(node, "_saved_other")
    return other is None or other.numel() == 1  # by a constant: by the length of the batch


def attention(torch: Any, nodes: Iterable[Any], ops: Counter[str]) -> str:
    """Who sees whom: "causal" (only the past), "reversed" (only what comes), "open" (all), "" where that is not clear.

    The first attention that is masked in a way that is told decides; "open" only where none is masked.
    """
    kinds = [name for name in ops if name.startswith(ATTENDING)]
    if not kinds:
        return ""
    seen = {_sees(torch, node, name) for node in nodes if (name := operation(node)) in kinds}
    if len(seen) == 1:
        return seen.pop()
    return next((kind for kind in ("causal", "reversed") if kind in seen), "")


def _sees(torch: Any, node: Any, name: str) -> str:
    if name.startswith("ScaledDotProduct"):
        if _saved(node, "_saved_is_causal"):
            return "causal"
        mask = next(
            (m for key in ("_saved_attn_mask", "_saved_attn_bias") if (m := _saved(node, key)) is not None), None
        )
        if mask is None:
            return "open"
        return _mask(torch, ~mask if mask.dtype == torch.bool else mask < -1e4)
    for _ in range(8):
        node = next((child for child, _ in node.next_functions if child is not None), None)
        if node is None:
            return ""
        kind = operation(node)
        if kind in ("MaskedFill", "MaskedFill_"):
            return _mask(torch, _saved(node, "_saved_mask"))
        if kind in ("Bmm", "Mm"):
            pair = [operation(child) for child, _ in node.next_functions if child is not None]
            return "open" if len(pair) == 2 and "AccumulateGrad" not in pair else ""
        if kind not in _BETWEEN:
            return ""
    return ""


def _mask(torch: Any, hidden: Any) -> str:
    """What a mask (true: not seen) leaves to see, by its last two axes."""
    if hidden is None or hidden.dtype != torch.bool or hidden.dim() < 2 or hidden.numel() > _OUTER:
        return ""
    square = hidden.reshape(-1, *hidden.shape[-2:]).all(0)  # what no sample and no head sees
    size = square.shape[0]
    if size < 2 or square.shape[1] != size:
        return ""
    above, below = square.triu(1), square.tril(-1)
    pairs = size * (size - 1) // 2
    if int(above.sum()) == pairs and not bool(below.any()):
        return "causal"
    return "reversed" if int(below.sum()) == pairs and not bool(above.any()) else ""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The divergence of a variational model beside its reconstruction.

    `weight`: against that of the reconstruction, where 1 is the evidence lower bound; below zero where one of both is taken off; None where
    that cannot be told. `parted`: what the divergence reaches is reached by no other term, so that nothing is learned but the divergence.
    """

    weight: float | None
    parted: bool


def divergence(root: Any) -> Divergence | None:
    """Read from the constants between the loss, its reconstruction (each element of which should count once) and its one
    exp(log variance) (which should count one half). None where the loss is not such a sum.

    Of several terms (an adversary's beside it) the reconstruction is the one that reaches what the divergence reaches.
    """
    found: dict[bool, list[tuple[Any, float]]] = {True: [], False: []}  # by: is it the divergence?
    rows: list[tuple[Any, float]] = [(root, 1.0)]
    for node, factor in rows:
        name = operation(node)
        if name == "Exp" or name in _ELEMENTWISE or _difference(node, name):
            found[name == "Exp"].append((node, factor))
            continue
        children = [child for child, _ in node.next_functions if child is not None]
        if len(rows) < 64:
            factors = _factors(node, name, children) or (0.0,) * len(
                children
            )  # no constant: the way goes on all the same
            rows += [(child, factor * times) for child, times in zip(children, factors, strict=False)]
    if len(found[True]) != 1 or not found[False]:
        return None
    (spread, own), terms = found[True][0], found[False]
    reached = _leaves(spread)
    shared = [(node, factor) for node, factor in terms if reached & _leaves(node)]
    parted = bool(reached) and not shared and all(map(_leaves, (node for node, _ in terms)))
    chosen = shared if len(shared) == 1 else terms if len(terms) == 1 else []
    if not chosen or not own:
        return Divergence(None, parted)
    reconstruction, factor = chosen[0]
    if _saved(reconstruction, "_saved_reduction") == 1:
        given = _saved(reconstruction, "_saved_self")
        factor = factor / given.numel() if given is not None and given.numel() else 0.0
    return Divergence(None if factor == 0 else own / 0.5 / factor, parted)


def _difference(node: Any, name: str) -> bool:
    """Whether it squares a difference, or takes its absolute value: a loss written by hand."""
    if name != "Abs" and not (name == "Pow" and _saved(node, "_saved_exponent") == 2):
        return False
    below = node.next_functions[0][0] if node.next_functions else None
    while below is not None and operation(below) in SHAPING:
        below = below.next_functions[0][0] if below.next_functions else None
    return below is not None and operation(below) in ("Sub", "Rsub")


def _leaves(node: Any) -> set[Any]:
    """The parameters below a node."""
    return {leaf for leaf in _below(node) if operation(leaf) == "AccumulateGrad"}


def total_weight(root: Any) -> float | None:
    """What the weights of the single errors add up to in a loss written by hand: 1 in a mean, masked or not, 1/4 where it is divided by four.

    None where it is no sum of errors times constants.
    """
    factor, node = 1.0, root
    sizes: tuple[int, ...] = ()
    for _ in range(_STEPS):
        name = operation(node)
        children = [child for child, _ in node.next_functions if child is not None]
        mask = _saved(node, "_saved_other") if name in ("Mul", "Div") and len(children) == 1 else None
        if sizes and mask is not None and mask.numel() > 1 and name == "Mul" and mask.numel() <= _OUTER:
            return float(factor * float(mask.detach().double().sum()) * (prod(sizes) / mask.numel()))
        known = _factors(node, name, children) if name not in ("Add", "Sub", "Rsub", "Neg") else ()
        if name in LOSSES or len(children) != 1 or len(known) != 1:
            break
        if name in ("Sum", "Mean"):
            sizes = tuple(_saved(node, "_saved_self_sym_sizes") or ())
        factor, node = factor * known[0], children[0]
    return float(factor * prod(sizes)) if sizes and operation(node) not in LOSSES else None


def constant_term(root: Any) -> tuple[Any, int] | None:
    """The sum, among those that are the loss, of which one of both terms is a tensor without history; and which term."""
    rows = [root]
    for node in rows:
        name = operation(node)
        if name in ("Add", "Sub"):
            children = [child for child, _ in node.next_functions]
            if len(children) == 2 and None in children:
                return node, children.index(None)
        if name in ("Add", "Sub", "Neg", "Mul", "Div", *SHAPING) and len(rows) < 16:
            rows += [child for child, _ in node.next_functions if child is not None]
    return None


def _below(node: Any) -> set[Any]:
    known, rows = {node}, [node]
    for one in rows:
        for child, _ in one.next_functions:
            if child is not None and child not in known and len(rows) < _MODEL:
                known.add(child)
                rows.append(child)
    return known


def _factors(node: Any, name: str, children: list[Any]) -> tuple[float, ...]:
    """What each input of an affine operation is multiplied with; () where it is none."""
    alpha = float(_saved(node, "_saved_alpha") or 1.0)
    if name in ("Add", "Sub"):
        return (1.0, alpha if name == "Add" else -alpha)
    if name in ("Neg", "Rsub"):
        return (-1.0,)
    if name in ("Mul", "Div") and len(children) == 1:
        other = _saved(node, "_saved_other")
        if other is None or other.numel() != 1 or other.requires_grad:
            return ()
        value = float(other)
        return (value,) if name == "Mul" else (1.0 / value,) if value else ()
    if name == "Mean":
        sizes = _saved(node, "_saved_self_sym_sizes") or ()
        dims = [dim - 2**64 if dim >= 2**63 else dim for dim in _saved(node, "_saved_dim") or range(len(sizes))]
        return (1.0 / prod(sizes[dim] for dim in dims),) if sizes else ()
    return (1.0,) if name == "Sum" or name in SHAPING else ()
