"""What a loss that was written by hand asks for: its targets, as the graph of the loss remembers them.

`(answer - target) ** 2` keeps the difference, `logp.gather(1, target)` and `logp[arange, target]` keep the index, `(onehot * logp).sum()` keeps
the one-hot rows. Saved tensors are read and nothing else; a graph that was changed in place tells nothing.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from .xray import key, operation

_NODES: Final = 60
"""Nodes that are walked from the loss on: a loss by hand is a few operations deep."""

_SHAPING: Final = ("View", "UnsafeView", "Squeeze", "Unsqueeze", "Reshape", "Select", "Slice", "Alias", "T", "Flatten")
_LOGARITHMS: Final = ("LogSoftmax", "Log", "LogSigmoid", "Log1P", "Softplus", "LogAddExp")


def asked(torch: Any, root: Any, answer: Any, end: int, rows: int) -> tuple[str, int, Any] | None:
    """Kind ("class", "binary", "number"), columns and targets of the loss `root`, one a row of what the model was given; None if unclear.

    `answer`: the numbers that the model made; `end`: the key of the node that made them.
    """
    if root.grad_fn is None:
        return None
    for node in _walk(root.grad_fn, end):
        name = operation(node)
        try:
            found = _of_index(torch, node, name, answer, rows) or _of_difference(node, name, answer, end, rows)
            found = found or _of_product(node, name, answer, rows)
        except (RuntimeError, AttributeError):  # freed, or changed in place
            continue
        if found is not None:
            return found
    return None


def _walk(start: Any, end: int) -> Iterator[Any]:
    """The operations between the loss and the answer, the last first."""
    waiting, known = deque([start]), {start}
    while waiting and len(known) < _NODES:
        node = waiting.popleft()
        yield node
        for other, _ in node.next_functions:
            if other is not None and other not in known and key(other) != end:
                known.add(other)
                waiting.append(other)


def _of_index(torch: Any, node: Any, name: str, answer: Any, rows: int) -> tuple[str, int, Any] | None:
    """The column that was taken of each row."""
    if answer.dim() != 2 or answer.shape[0] != rows or answer.shape[1] < 2:
        return None
    if name == "Gather":
        index = node._saved_index
    elif name == "Index":
        indices = [one for one in node._saved_indices if one is not None]
        index = (
            indices[1]
            if len(indices) == 2 and bool((indices[0] == torch.arange(rows, device=indices[0].device)).all())
            else None
        )
    else:
        return None
    if index is None or index.numel() != rows or index.dtype != torch.int64:
        return None
    return "class", int(answer.shape[1]), index.detach().reshape(-1)


def _of_difference(node: Any, name: str, answer: Any, end: int, rows: int) -> tuple[str, int, Any] | None:
    """The answer less what was taken from it."""
    if name not in {"Pow", "Abs", "Mul"} or answer.shape[0] != rows:
        return None
    sub = node.next_functions[0][0]
    if sub is None or operation(sub) != "Sub" or any(one is not sub for one, _ in node.next_functions):
        return None
    difference = node._saved_self
    left, right = (one for one, _ in sub.next_functions)
    made = left if right is None else right if left is None else None
    while made is not None and key(made) != end and operation(made) in _SHAPING:
        made = made.next_functions[0][0]
    if made is None or key(made) != end or difference.numel() != answer.numel() or difference.shape[0] != rows:
        return None
    said = answer.detach().reshape(difference.shape)
    target = said - difference.detach() if right is None else said + difference.detach()
    return "number", target.numel() // rows, target.reshape(rows, -1)


def _of_product(node: Any, name: str, answer: Any, rows: int) -> tuple[str, int, Any] | None:
    """What logarithms of shares are multiplied with: ones and zeros, one 1 a row; or of a single unit 1 or 0."""
    if name != "Mul":
        return None
    (left, _), (right, _) = node.next_functions
    if (left is None) is (right is None):
        return None
    other = right if left is None else left
    if not _logarithm(other):
        return None
    weights = node._saved_self if left is None else node._saved_other
    if weights is None or not weights.dim() or weights.shape[0] != rows or weights.numel() != answer.numel():
        return None
    if not bool(((weights == 0) | (weights == 1)).all()):
        return None
    if weights.numel() == rows:
        return "binary", 2, weights.detach().reshape(-1).double()
    if weights.dim() == 2 and bool((weights.sum(1) == 1).all()):
        return "class", int(weights.shape[1]), weights.detach().argmax(1)
    return None


def _logarithm(node: Any) -> bool:
    for _ in range(4):
        if node is None:
            return False
        name = operation(node)
        if name in _LOGARITHMS:
            return True
        if name not in (*_SHAPING, "Neg", "Sub", "Clamp", "Add"):
            return False
        node = next((one for one, _ in node.next_functions if one is not None), None)
    return False
