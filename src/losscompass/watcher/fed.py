"""What an embedding was fed beside what the loss asks for: a decoder that is told the answers is told those before."""

from collections.abc import Iterable
from typing import Any, Final

from .contract import LOOKED_AT
from .xray import operation

_IGNORED: Final = -100
_MOST: Final = 8
"""Embeddings that are looked at."""


def fed(nodes: Iterable[Any], target: Any) -> tuple[dict[str, Any], Any]:
    """The keys of a `loss-call` event that speak of it, and the embedding that was fed the target most. `nodes`: of the loss's graph."""
    rows = target if target.dim() == 2 else target._base
    if rows is None or rows.dim() != 2 or rows.numel() != target.numel() or rows.dtype.is_floating_point:
        return {}, None
    if rows.numel() > LOOKED_AT or min(rows.shape) < 3:
        return {}, None
    best, found, others = None, {}, False
    for node in [one for one in nodes if operation(one) == "Embedding"][:_MOST]:
        ids = _ids(node)
        if ids is None or ids.shape != rows.shape:
            others = others or (ids is not None and ids.dim() == 2)
            continue
        counted = rows != _IGNORED
        after = counted.clone()
        after[:, 0] = False
        same = _share(ids == rows, after)
        if best is None or same > found["fed_same"]:
            first = ids[:, 0]
            found = {
                "fed_same": same,
                "fed_next": _share(ids[:, 1:] == rows[:, :-1], counted[:, :-1]),
                "fed_start": bool((first == first[0]).all() and (counted[:, 0] & (first != rows[:, 0])).all()),
                "fed_first": _share(first == rows[:, 0], counted[:, 0]),
            }
            best, others = node, others or best is not None
        else:
            others = True
    return ({} if best is None else {**found, "fed_others": others}), best


def _ids(node: Any) -> Any:
    try:
        return node._saved_indices
    except (AttributeError, RuntimeError):
        return None


def _share(alike: Any, counted: Any) -> float:
    whole = int(counted.sum())
    return int((alike & counted).sum()) / whole if whole else 0.0
