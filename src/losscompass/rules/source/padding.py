"""How sequences of different lengths are brought together, by the text of the source."""

import ast

from .files import Program
from .shape import last_name, number_of

TURNS = ("transpose", "permute", "swapaxes", "movedim", "moveaxis", "rearrange", "unbind", "swapdims", "einsum")


def padded_in_rows(read: Program) -> bool:
    """Whether the program fills sequences up row by row, samples first, and never swaps the first two axes of anything."""
    fills = [call for _, call in read.calls_of.get("pad_sequence", [])]
    first = [next((one.value for one in call.keywords if one.arg == "batch_first"), None) for call in fills]
    if not first or not all(isinstance(one, ast.Constant) and one.value is True for one in first):
        return False
    turns = [call for name in TURNS for _, call in read.calls_of.get(name, [])]
    attributes = {node.attr for file in read.files for node in ast.walk(file.tree) if isinstance(node, ast.Attribute)}
    return not attributes & {"T", "mT", "t"} and all(map(_keeps_samples, turns))


def _keeps_samples(call: ast.Call) -> bool:
    """Whether a swap is of two axes behind the first, by plain numbers."""
    axes = [number_of(one) for one in call.args]
    axes = axes[1:] if axes and axes[0] is None else axes
    return (
        len(axes) == 2 and last_name(call.func) in {"transpose", "swapaxes"} and all(one and one != -3 for one in axes)
    )
