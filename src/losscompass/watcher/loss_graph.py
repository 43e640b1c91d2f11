"""What the graph between the loss and the last layers says: what is done to the loss, where it may break, who sees whom."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from .xray import LINEAR, LOSSES, SHAPING, operation

_STEPS: Final = 12
_NEAR: Final = 400
"""Nodes that are looked at between the loss and the layers with weights."""

_FRAGILE: Final = frozenset(("Log", "Log2", "Log10", "Sqrt", "Rsqrt", "Reciprocal", "Div", "Acos", "Asin", "Std"))
"""Operations whose value or gradient is no number at the border of what they are defined for."""

_GUARDS: Final = frozenset(("Add", "Clamp", "ClampMin", "ClampMax", "Softplus", "Exp", "Maximum"))
"""What keeps a number away from the border: `log(p + eps)`, `p.clamp(eps)`."""

_LAYERS: Final = (*sorted(LINEAR), "Embedding", "Lstm", "Gru", "Rnn", "NativeBatchNorm", "NativeLayerNorm")
_BETWEEN: Final = SHAPING | {"Div", "Mul", "Sub"}
_OUTER: Final = 1 << 20
"""Numbers of a mask that are looked at, at the most."""


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
        return not children or operation(children[0]) in _GUARDS
    if len(children) == 2:
        return operation(children[1]) in _GUARDS - {"Add"}  # a sum of two numbers can be 0: `a / (b + c)`
    other = getattr(node, "_saved_other", None)
    return other is None or other.numel() == 1  # by a constant: by the length of the batch


def attention(torch: Any, nodes: Iterable[Any], ops: Counter[str]) -> str:
    """Who sees whom: "causal" (only the past), "reversed" (only what comes), "open" (all), "" where that is not clear.

    The first attention that is masked in a way that is told decides; "open" only where none is masked.
    """
    kinds = [name for name in ops if name in ("Softmax", "SafeSoftmax") or name.startswith("ScaledDotProduct")]
    if not kinds:
        return ""
    seen = {_sees(torch, node, name) for node in nodes if (name := operation(node)) in kinds}
    if len(seen) == 1:
        return seen.pop()
    return next((kind for kind in ("causal", "reversed") if kind in seen), "")


def _sees(torch: Any, node: Any, name: str) -> str:
    if name.startswith("ScaledDotProduct"):
        if getattr(node, "_saved_is_causal", False):
            return "causal"
        mask = next(
            (m for key in ("_saved_attn_mask", "_saved_attn_bias") if (m := getattr(node, key, None)) is not None), None
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
            return _mask(torch, getattr(node, "_saved_mask", None))
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
