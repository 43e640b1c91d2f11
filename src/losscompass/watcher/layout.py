"""Axes that are mixed up: a view that cuts across them, samples on the axis that a layer takes for time."""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, Final

from .batches import first_tensor
from .contract import arguments
from .forward import Forward
from .inputs import Inputs
from .places import Spot
from .telling import Telling
from .xray import SHAPING, operation

MOST: Final = 5_000
"""Nodes of a graph up to which it is searched."""

_VIEWS: Final = frozenset(("View", "UnsafeView", "ReshapeAlias", "Reshape"))
_PADDED: Final = ("Cat", "ConstantPad", "Stack", "Repeat", "Expand", "Flip")
"""What makes a tensor on purpose for a view across its axes: the relative positions of an attention are shifted so."""

_SEQUENCES: Final = 16
"""Calls of one layer that are told of."""

_SIZES: Final = 64

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scramble:
    """A view from one shape to another, and the size of the axis that it was to move."""

    before: Shape
    after: Shape
    axis: int
    regroups: bool  # it might as well be a split of one axis and a merger of its part with the next
    spot: Spot | None = None

    def figures(self) -> dict[str, Any]:
        """The keys of the events."""
        return {
            "scrambled_from": self.before,
            "scrambled_to": self.after,
            "scrambled_axis": self.axis,
            "scrambled_regroups": self.regroups,
        }


def scramble(before: Sequence[int], after: Sequence[int]) -> Scramble | None:
    """What a view mixes up: an axis keeps its size and its numbers end up along others.

    A view keeps the order of the numbers. It splits an axis or merges neighbours; where the same size appears at another
    place among the axes, nothing was moved there: the numbers were cut anew. (2, 3, 4) → (2, 4, 3) is such a view.
    """
    left, right = [size for size in before if size != 1], [size for size in after if size != 1]
    if prod(left) != prod(right) or not all(left):
        return None
    while left and right:
        group, other = [left.pop(0)], [right.pop(0)]
        while prod(group) != prod(other):
            if prod(group) < prod(other):
                group.append(left.pop(0))
            else:
                other.append(right.pop(0))
        if len(group) < 2 or len(other) < 2:
            continue
        moved = [size for size in group if group.count(size) == 1 and other.count(size) == 1]
        if moved:
            edges = sorted({prod(axes[at:]) for axes in (group, other) for at in range(len(axes))})
            nested = all(high % low == 0 for low, high in pairwise(edges))
            return Scramble(tuple(before), tuple(after), max(moved), nested)
    return None


def scrambled_view(nodes: Sequence[Any], lines: Any) -> Scramble | None:
    """The first view of a graph that mixes axes up, with its line. `nodes`: all of it, each after what it was made from."""
    if len(nodes) > MOST:
        return None
    sliced = {
        child for node in nodes if operation(node).startswith("Slice") for child, _ in node.next_functions if child
    }
    for node in nodes:
        if operation(node) not in _VIEWS or node in sliced:
            continue
        before = getattr(node, "_saved_self_sym_sizes", None)
        made = getattr(node, "_input_metadata", None)
        if before is None or not made:
            continue
        found = scramble([int(size) for size in before], [int(size) for size in made[0].shape])
        if found is None or _prepared(node, turned=found.regroups):
            continue
        spot = lines.of(node)
        if spot is not None and lines.reshapes(spot):
            return Scramble(found.before, found.after, found.axis, found.regroups, spot)
    return None


def _prepared(node: Any, *, turned: bool) -> bool:
    """Whether the numbers were laid out for this view just before: padded, or (`turned`) their axes swapped."""
    below = node
    for _ in range(4):
        below = next((child for child, _ in below.next_functions if child is not None), None)
        if below is None:
            return False
        name = operation(below)
        if name.startswith(_PADDED) or (turned and name in ("Transpose", "Permute", "T", "Mt")):
            return True
        if name not in SHAPING:
            return False
    return False


@dataclass(slots=True)
class _Call:
    """A recurrent or attention layer was called."""

    kind: str
    batch_first: bool
    shape: Shape
    spot: Spot | None


class Layouts:
    """On steps that are looked at: how the data that layers are given lie in memory, and which axis they read as time."""

    def __init__(self, torch: Any, telling: Telling, forward: Forward, inputs: Inputs) -> None:
        self._torch = torch
        self._telling = telling
        self._forward = forward
        self._inputs = inputs
        self._known: list[Any] = []  # what the loader gave and the model was called with, weak
        self._calls: list[_Call] = []
        self._targets = -1  # length of the loss's target, where it has one axis
        self.sizes: set[int] = set()  # how many numbers the targets of the losses held

    def begin(self) -> None:
        """A new look."""
        self._known.clear()
        self._calls.clear()
        self._targets = -1

    def entered(self, args: tuple[Any, ...], spot: Spot | None) -> None:
        """The outermost module is called in training."""
        if len(self._known) >= 4:
            return
        batch = self._inputs.given_last()
        if batch is not None:
            self._known.append(weakref.ref(batch))
        given = first_tensor(self._torch, args)
        if given is not None:
            self._compare(given, lambda: spot)
            self._known.append(weakref.ref(given))

    def called(self, module: Any, args: tuple[Any, ...], find: Callable[[], Spot | None]) -> None:
        """Any module is called in training. `find`: finds its line."""
        nn = self._torch.nn
        given = args[0] if args else None
        if not isinstance(given, self._torch.Tensor):
            return
        if module._parameters and self._known and given.dim() > 2:
            self._compare(given, self._forward.lines.reshaped, find)
        if isinstance(module, nn.RNNBase | nn.MultiheadAttention) and len(self._calls) < _SEQUENCES:
            rows = 2 if isinstance(module, nn.RNNBase) else 3
            if rows <= given.dim() <= 3:
                self._calls.append(
                    _Call(
                        type(module).__name__, bool(getattr(module, "batch_first", False)), tuple(given.shape), find()
                    )
                )

    def _compare(self, given: Any, *finders: Callable[[], Spot | None]) -> None:
        """Whether it is the same memory as what is known, under a shape that mixes its axes up."""
        if given.requires_grad or not given.is_contiguous():
            return
        for ref in self._known:
            known = ref()
            if (
                known is None
                or known is given
                or known.numel() != given.numel()
                or known.dtype != given.dtype
                or known.data_ptr() != given.data_ptr()
                or not known.is_contiguous()
            ):
                continue
            found = scramble(tuple(known.shape), tuple(given.shape))
            if found is not None and self._telling.times("layout", 3):
                spot = next((spot for find in finders if (spot := find()) is not None), None)
                self._telling.event("layout", found.figures(), at=spot)
                return

    def labelled(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A loss was computed in training."""
        _, target = arguments(args, kwargs)
        if isinstance(target, self._torch.Tensor):
            self._targets = int(target.shape[0]) if target.dim() == 1 else -1
            if len(self.sizes) < _SIZES:
                self.sizes.add(target.numel())

    def trained(self) -> None:
        """A backward: tell of the layers that read sequences."""
        calls, self._calls = self._calls, []
        rows = self._inputs.rows_shuffled()
        for one in calls:
            if not self._telling.times(f"sequence:{one.kind}:{id(one.spot)}", _SEQUENCES):
                continue
            data = {
                "class": one.kind,
                "batch_first": one.batch_first,
                "shape": one.shape,
                "loader_rows": rows,
                "targets": self._targets,
            }
            self._telling.event("sequence-call", data, at=one.spot)
