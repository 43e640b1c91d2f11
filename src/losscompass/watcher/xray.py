"""The X-ray: the computation behind a loss, read from its autograd graph. Nothing is run, no value is looked at."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

LIMIT: Final = 50_000
"""Nodes that are walked at the most; about 1 µs each."""

LINEAR: Final = frozenset(
    (
        "Addmm",
        "Mm",
        "Convolution",
        "Linear",
        "MkldnnLinear",
        "Bmm",
        "Baddbmm",
        "Mv",
        "ConvolutionOverrideable",
        "Bilinear",
    )
)
"""Products; they count as linear layers where one factor is a parameter."""

LOSSES: Final = frozenset(
    (
        "NllLoss", "NllLoss2D", "NllLossNd", "CrossEntropyLoss", "MseLoss", "L1Loss", "SmoothL1Loss", "HuberLoss",
        "BinaryCrossEntropy", "BinaryCrossEntropyWithLogits", "KlDiv", "CtcLoss", "CudnnCtcLoss", "SoftMarginLoss",
        "MultiMarginLoss", "MultilabelMarginLoss",
    )
)  # fmt: skip
"""Nodes that are a loss function by themselves."""

_AFFINE: Final = frozenset(
    (
        "Add", "Sub", "Rsub", "Neg", "View", "UnsafeView", "Reshape", "ReshapeAlias", "Transpose", "T", "Mt", "Permute", "Expand", "Mean",
        "Sum", "NativeBatchNorm", "CudnnBatchNorm", "MiopenBatchNorm", "NativeDropout", "FusedDropout", "Slice", "Select", "Cat", "Stack",
        "Squeeze", "Unsqueeze", "Clone", "ToCopy", "Copy", "CopySlices", "AvgPool2D", "AvgPool1D", "AvgPool3D", "AdaptiveAvgPool2D",
        "AdaptiveAvgPool3D", "ConstantPad", "ReflectionPad2D", "ReplicationPad2D", "UpsampleNearest2D", "UpsampleBilinear2D", "Index",
        "IndexSelect", "Gather", "Split", "SplitWithSizes", "Chunk", "Unbind", "Repeat", "Flip", "Roll", "Movedim", "Alias", "Detach", "AsStrided",
        "Contiguous", "Unfold", "Im2Col", "Col2Im", "Diagonal", "Swapaxes", "ToMkldnn", "Identity",
    )
)  # fmt: skip
"""Operations that keep a composition affine. Whatever is not known counts as nonlinear: silence on what we do not know."""

SHAPING: Final = frozenset(
    (
        "View",
        "UnsafeView",
        "Reshape",
        "ReshapeAlias",
        "Transpose",
        "T",
        "Permute",
        "Expand",
        "Slice",
        "Select",
        "Squeeze",
        "Unsqueeze",
        "Clone",
        "ToCopy",
        "Alias",
    )
)
"""Operations that leave the numbers as they are."""

_BY_CONSTANT: Final = frozenset(("Mul", "Div"))
"""Affine where one factor is constant."""


def operation(node: Any) -> str:
    """The name of a node without "Backward0": "Softmax", "Addmm", "AccumulateGrad"."""
    name: str = node.name().rpartition("::")[2]
    head, mark, _ = name.partition("Backward")
    return head if mark and head else name


def key(node: Any) -> int:
    """What a node is known by without being kept alive, and with it all that it saved: unique within a thread but for leaves."""
    return node._sequence_nr()  # type: ignore[no-any-return]


def _children(node: Any) -> tuple[Any, ...]:
    return tuple(child for child, _ in node.next_functions if child is not None)


def holds_parameter(child: Any) -> bool:
    """Whether an input of a product is a leaf, or one turned or reshaped."""
    for _ in range(4):
        kind = operation(child)
        if kind == "AccumulateGrad":
            return True
        if kind not in ("T", "Transpose", "Permute", "View", "Expand", "ToCopy", "UnsafeView", "Unsqueeze"):
            return False
        below = _children(child)
        if len(below) != 1:
            return False
        child = below[0]
    return False


@dataclass(slots=True)
class Xray:
    """What the graph of one loss shows."""

    nodes: int = 0
    truncated: bool = False
    leaves: list[Any] = field(default_factory=list)  # the tensors that the gradient will reach
    ops: Counter[str] = field(default_factory=Counter)
    loss_nodes: list[Any] = field(default_factory=list)
    known: set[int] = field(default_factory=set)  # `key` of all nodes walked
    linear_layers: int = 0
    linear_run: int = 0  # most linear layers in a row with nothing nonlinear between
    run_node: Any = None  # the last layer of that run
    nonlinearities: int = 0  # nonlinear operations with a linear layer before and after them


def walk(root: Any) -> Xray:
    """The X-ray of the graph below a node."""
    seen = Xray()
    below_of: dict[Any, tuple[Any, ...]] = {}
    order = _from_the_leaves(root, seen, below_of)
    linear: set[Any] = set()
    bent: list[Any] = []  # nonlinear operations
    run: dict[Any, int] = {}
    after: set[Any] = set()  # nodes with a linear layer at or below them
    plain_names: dict[str, str] = {}
    for node in order:
        raw = node.name()
        name = plain_names.get(raw)
        if name is None:
            name = plain_names[raw] = operation(node)
        seen.ops[name] += 1
        children = below_of[node]
        if not children:
            if name == "AccumulateGrad":
                seen.leaves.append(node.variable)
            continue
        if name in LOSSES:
            seen.loss_nodes.append(node)
        longest = 0
        for child in children:
            if child in after:
                after.add(node)
                longest = max(longest, run.get(child, 0))
        if name in LINEAR and any(holds_parameter(child) for child in children):
            linear.add(node)
            after.add(node)
            run[node] = longest + 1
            if longest + 1 > seen.linear_run:
                seen.linear_run, seen.run_node = longest + 1, node
        elif name in _AFFINE or (len(children) == 1 and (name in _BY_CONSTANT or name in LINEAR)):
            if longest:
                run[node] = longest
        elif node in after:
            bent.append(node)
    seen.linear_layers = len(linear)
    if bent and linear:
        before: set[Any] = set()  # nodes that feed a linear layer
        for node in reversed(order):
            if node in linear or node in before:
                before.update(below_of[node])
        seen.nonlinearities = sum(node in before for node in bent)
    return seen


def _from_the_leaves(root: Any, seen: Xray, below_of: dict[Any, tuple[Any, ...]]) -> list[Any]:
    """All nodes, each after those that it was computed from."""
    order: list[Any] = []
    known = {root}
    below_of[root] = children = _children(root)
    stack: list[tuple[Any, Iterator[Any]]] = [(root, iter(children))]
    while stack:
        node, rest = stack[-1]
        for child in rest:
            if child not in known:
                if len(known) >= LIMIT:
                    seen.truncated = True
                    continue
                known.add(child)
                below_of[child] = children = _children(child)
                stack.append((child, iter(children)))
                break
        else:
            order.append(node)
            stack.pop()
    for node in order:
        below_of.setdefault(node, ())
    seen.nodes = len(order)
    seen.known.update(map(key, order))
    return order


def all_nodes(root: Any) -> list[Any]:
    """All nodes of a graph, each after those that it was computed from."""
    return _from_the_leaves(root, Xray(), {})


def chain(node: Any, most: int = 12) -> list[Any]:
    """The operations that made a tensor, the last first, along the first input, back to the layer with weights."""
    found: list[Any] = []
    while node is not None and len(found) < most:
        name = operation(node)
        if name == "AccumulateGrad":
            break
        found.append(node)
        if name in LINEAR or name.startswith(("Embedding", "NativeBatchNorm", "NativeLayerNorm", "Lstm", "Gru", "Rnn")):
            break
        children = _children(node)
        node = children[0] if children else None
    return found


def scale_of(node: Any, targets: set[int]) -> tuple[float, int] | None:
    """If the node is one of `targets` (by `key`) times constants, the product of those and the target's key; else None.

    `loss / 4` and `scaler.scale(loss)` are such. Read before the backward: what a node saved is gone afterwards.
    """
    factor = 1.0
    for _ in range(8):
        if key(node) in targets:
            return factor, key(node)
        name, children = operation(node), _children(node)
        if len(children) != 1:
            return None
        if name in _BY_CONSTANT:
            other = getattr(node, "_saved_other", None)
            if other is None or other.numel() != 1 or other.requires_grad:
                return None
            value = float(other)
            if value == 0.0 or not isfinite(value):
                return None
            factor = factor * value if name == "Mul" else factor / value
        elif name not in ("View", "Squeeze", "Sum", "Mean", "ToCopy", "Clone", "Alias"):
            return None
        node = children[0]
    return None
