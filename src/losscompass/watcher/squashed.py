"""Sigmoids one behind the other with one layer between two: each passes on a quarter of the gradient at the most."""

from collections.abc import Sequence
from typing import Any, Final

from .xray import LINEAR, SHAPING, holds_parameter, operation

MOST: Final = 20_000
"""Nodes of a graph up to which it is searched."""

_BESIDE: Final = ("Add", "Cat")
"""What a state and an input go through together: of the two, one has been squashed before."""


def longest_run(nodes: Sequence[Any]) -> tuple[int, Any]:
    """How many sigmoids stand in a row at the most, and the last of them. `nodes`: all of a graph, each after those it came from.

    A skip, a gate or a norm between two of them ends the row.
    """
    best, last = 0, None
    runs: dict[Any, int] = {}
    for node in nodes if len(nodes) <= MOST else ():
        if operation(node) == "Sigmoid":
            runs[node] = 1 + max((runs.get(one, 0) for one in _before(node)), default=0)
            if runs[node] > best:
                best, last = runs[node], node
    return best, last


def _before(node: Any) -> list[Any]:
    """What the layers give whose output a sigmoid squashes, if they were given that alone: maybe sigmoids."""
    sums, layers = _inner(node), []
    for _ in range(3):
        sums = [_down(one) for one in sums]
        layers += [one for one in sums if operation(one) in LINEAR]
        sums = [below for one in sums if operation(one) in _BESIDE for below in _inner(one)]
    return [_down(one) for layer in layers for one in _inner(layer) if not holds_parameter(one)]


def _inner(node: Any) -> list[Any]:
    return [child for child, _ in node.next_functions if child is not None]


def _down(node: Any) -> Any:
    """Through changes of shape, dropout, and what is put beside data."""
    for _ in range(12):
        inner = _inner(node)
        if len(inner) != 1 or operation(node) not in SHAPING | {"NativeDropout", "Mul", "Cat", "Unbind"}:
            break
        node = inner[0]
    return node
