"""A sample that a model is given in several tensors (a user, a dish, and their numbers) as one row: numbers first, then ids."""

from typing import Any, Final

MOST: Final = 128
"""Numbers of a row: more is a picture or a text, of which the first tensor is kept alone."""

_ROWS: Final = 3
"""Rows from which on a first axis that is equally long is no chance."""


def together(torch: Any, args: tuple[Any, ...]) -> tuple[list[Any], list[Any]] | None:
    """The tensors of numbers, (rows, width) each, and those of ids, (rows, 1); None where a model is given one tensor, or anything but a table."""
    found = list(_tensors(torch, args))
    if len(found) < 2:
        return None
    rows = int(found[0].shape[0])
    numbers, ids, width = [], [], 0
    for one in found:
        if one.shape[0] != rows or rows < _ROWS or one.dtype == torch.bool or (one.dim() == 2 and one.shape[1] == rows):
            continue  # an adjacency, a mask, a graph's edges: not of the samples one by one
        if one.requires_grad or one.is_complex() or one.is_quantized or one.dim() > 2 or not one.numel():
            return None
        flat = one.detach().reshape(rows, -1)
        width += flat.shape[1]
        if one.dtype.is_floating_point:
            numbers.append(flat)
        elif flat.shape[1] == 1:
            ids.append(flat)
        else:
            return None  # tokens
    return (numbers, ids) if len(numbers) + len(ids) > 1 and width <= MOST else None


def main_tensor(torch: Any, args: tuple[Any, ...], first: Any) -> Any:
    """What a model is given beside ids, if the first tensor holds ids alone; else the first."""
    if first is None or first.dtype.is_floating_point or first.dim() > 1:
        return first
    both = together(torch, args)
    numbers = [] if both is None else both[0]
    return max(numbers, key=lambda one: one.shape[1], default=first)


def _tensors(torch: Any, given: Any, depth: int = 0) -> Any:
    """Those that stand in their places: a dictionary may hold the answers as well."""
    for one in given:
        if isinstance(one, torch.Tensor):
            if one.dim() and one.layout == torch.strided:
                yield one
        elif isinstance(one, list | tuple) and depth < 2:
            yield from _tensors(torch, one, depth + 1)
