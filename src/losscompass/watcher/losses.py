"""The losses of a run: every value in training and in validation, and which function made it.

In training, what counts is what is back-propagated. Where that is a loss function's result times a constant (gradient
accumulation, AMP), the function's own value is recorded; the X-ray of the place says so once, and it is taken to stay so.
"""

import weakref
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from .contract import arguments
from .deferred import Deferred
from .places import Place, Places, Spot, assigned_name
from .xray import key

_PENDING: Final = 64
"""Losses computed with gradients and not back-propagated (yet) that are remembered."""

_TURNS: Final = 8
"""Calls of a loss that was never back-propagated after which it is taken for a validation without `no_grad`."""

_SITES: Final = 512
"""Places with a loss that are told apart."""

Number = Any  # a float, or a tensor of one element that is still on its device


@dataclass(slots=True)
class LossSite:
    """A loss function and the user's line that calls it."""

    number: int
    function: str
    spot: Spot | None
    calls: int = 0
    trained: int = 0  # of which were back-propagated


@dataclass(slots=True)
class Pending:
    """A loss that was computed with gradients."""

    site: LossSite
    ref: Any  # weak: a graph must not live longer because it was looked at
    value: Number
    count: int
    node: int | None = None  # its place in the graph (`xray.key`), on X-ray steps only


@dataclass(slots=True)
class BackwardSite:
    """A line that back-propagates."""

    number: int
    spot: Spot | None
    variable: str
    calls: int = 0
    factor: float | None = None  # what the loss is multiplied with before
    parts: tuple[tuple[LossSite, int], ...] = ()  # loss functions in its graph, and how often each
    single: bool = False  # it is one loss function's result times a constant
    reaches: frozenset[int] | None = None  # optimisers whose tensors it reaches


@dataclass(slots=True)
class Micro:
    """The values of the backwards since the last row, by the line that made them."""

    values: list[Number] = field(default_factory=list)
    parts: dict[str, list[Number]] = field(default_factory=dict)


class Losses:
    """Everything about the values of losses. Every method is called from a guarded look."""

    def __init__(self, torch: Any, places: Places, deferred: Deferred) -> None:
        self._torch = torch
        self._places = places
        self._deferred = deferred
        self._sites: dict[Any, LossSite] = {}
        self._backwards: dict[Spot | None, BackwardSite] = {}
        self._by_number: dict[int, BackwardSite] = {}
        self._made = 0
        self.pending: list[Pending] = []
        self._latest: Any = None  # weak: the loss that was computed last
        self.micro: dict[int, Micro] = {}  # by BackwardSite.number
        self.scaled: list[tuple[Any, Any]] = []  # (scaled, unscaled), weak
        self.xray_open = False
        self.computed = 0  # with gradients
        self.trained = self.without_graph = 0
        self.broken = False  # what was back-propagated last is no number
        self.validation = Validation(deferred)

    # -- a loss function was called ----------------------------------------------------------------------------------------

    def called(
        self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any, depth: int
    ) -> LossSite | None:
        """A loss was computed; its site, None if it is none that can be read."""
        torch = self._torch
        if type(made) is not torch.Tensor and not isinstance(made, torch.Tensor):
            return None
        # With a mode or a kind of tensor of the user's, a loss of torch calls itself by its name once more.
        if self._latest is not None and self._latest() is made:
            return None
        ref = self._latest = weakref.ref(made)
        spot = self._places.spot(depth + 1)
        site = self._sites.get((function, spot))
        if site is None:
            if len(self._sites) >= _SITES:
                return None
            site = self._sites[function, spot] = LossSite(len(self._sites), function, spot)
        site.calls += 1
        if made.requires_grad:
            self.computed += 1
            value = _number(made) if made.dim() == 0 else None
            target = args[1] if len(args) > 1 else arguments(args, kwargs)[1]
            count = target.size(0) if type(target) is torch.Tensor and target.dim() else 1
            self.pending.append(
                Pending(
                    site, ref, value, count, key(made.grad_fn) if self.xray_open and made.grad_fn is not None else None
                )
            )
            if len(self.pending) > _PENDING:
                self._never_trained(self.pending.pop(0))
        elif torch.is_grad_enabled() and not self._evaluating(args):
            self.without_graph += 1
        else:
            self._evaluated(site, made, args, kwargs)
        return site

    def _evaluating(self, args: tuple[Any, ...]) -> bool:
        """Whether a loss without a graph, gradients enabled, is meant so: the inputs were made without gradients on purpose."""
        return bool(args) and isinstance(args[0], self._torch.Tensor) and args[0].is_inference()

    def _evaluated(self, site: LossSite, made: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        _, target = arguments(args, kwargs)
        count = int(target.shape[0]) if isinstance(target, self._torch.Tensor) and target.dim() else 1
        one = made if made.dim() == 0 else made.mean()
        self.validation.add(site, _number(one), max(count, 1))

    def _never_trained(self, pending: Pending) -> None:
        """A loss that had a graph and was not back-propagated: a validation without `no_grad`."""
        if pending.value is not None:
            self.validation.add(pending.site, pending.value, max(pending.count, 1))

    # -- a backward ----------------------------------------------------------------------------------------------------------

    def backward_site(self, spot: Spot | None, variable: str) -> BackwardSite:
        """The line that back-propagates."""
        site = self._backwards.get(spot)
        if site is None:
            if len(self._backwards) >= _SITES:
                self._backwards.clear()
                self._by_number = {number: one for number, one in self._by_number.items() if number in self.micro}
            site = self._backwards[spot] = self._by_number[self._made] = BackwardSite(self._made, spot, variable)
            self._made += 1
        return site

    def site(self, number: int) -> BackwardSite:
        """The line by its number."""
        return self._by_number[number]

    def known_backward(self, spot: Spot | None) -> BackwardSite | None:
        """The line, if it was seen before: its name need not be looked up again."""
        return self._backwards.get(spot)

    def trained_on(self, root: Any, site: BackwardSite) -> None:
        """`root` is about to be back-propagated: what it is worth, unscaled, and what it is made of."""
        site.calls += 1
        if len(self.pending) == 1 and self.pending[0].ref() is root:
            mine = self.pending
            mine[0].site.trained += 1
            self.pending = []
        else:
            mine, never, self.pending = self._belonging(root, site)
            for pending in never:
                self._never_trained(pending)
        if root.numel() != 1:
            return
        self.trained += 1
        micro = self.micro.get(site.number)
        if micro is None:
            micro = self.micro[site.number] = Micro()
        if len(micro.values) >= 4096:
            return
        value = self._unscaled(root, site, mine)
        micro.values.append(value)
        self.broken = type(value) is float and not isfinite(value)
        if len(site.parts) > 1:
            for pending in mine:
                if pending.value is not None:
                    micro.parts.setdefault(self.part_name(pending.site), []).append(pending.value)

    def _belonging(self, root: Any, site: BackwardSite) -> tuple[list[Pending], list[Pending], list[Pending]]:
        """The pending losses that this backward is made of, those that never will be, and those whose turn may come."""
        if not self.pending:
            return [], [], []
        last = self.pending[-1]
        if last.ref() is root:
            wanted = {last.site.number: 1}
        else:
            wanted = {one.number: times for one, times in site.parts} or {last.site.number: 1}
        mine: list[Pending] = []
        never: list[Pending] = []
        later: list[Pending] = []
        for pending in reversed(self.pending):
            left = wanted.get(pending.site.number)
            if left:
                wanted[pending.site.number] = left - 1
                pending.site.trained += 1
                mine.append(pending)
            elif left == 0 or (pending.site.calls > _TURNS and not pending.site.trained):
                never.append(pending)
            else:
                later.append(pending)
        return mine[::-1], never[::-1], later[::-1]

    def _unscaled(self, root: Any, site: BackwardSite, mine: list[Pending]) -> Number:
        if len(mine) == 1 and mine[0].value is not None and (mine[0].ref() is root or site.single):
            return mine[0].value
        for scaled, unscaled in self.scaled:
            if scaled() is root:
                before = unscaled()
                if before is not None and before.numel() == 1:
                    return _number(before)
        value = _number(root)
        if site.factor in (None, 1.0):
            return value
        return value / site.factor

    def part_name(self, site: LossSite) -> str:
        """What a term of a sum is called: by the user's variable if it was assigned, else by the function."""
        place = self.place(site)
        variable = assigned_name(place[2]) if place else ""
        name = variable.removesuffix("_loss").removeprefix("loss_") if variable not in ("", "loss") else site.function
        return name or site.function

    def over(self) -> None:
        """The run is over: what waits for a backward of lines that were trained before was a validation."""
        for one in self.pending:
            if one.site.trained:
                self._never_trained(one)
        self.pending.clear()

    def untrained(self) -> list[Number]:
        """Of a step before which nothing was back-propagated: what its losses are worth, each once."""
        values = {one.site.number: one.value for one in self.pending if one.value is not None}
        self.pending.clear()
        return list(values.values())

    def place(self, site: LossSite | BackwardSite) -> Place | None:
        """Where in the user's code."""
        return self._places.place(site.spot)


@dataclass(slots=True)
class Sum:
    """The values of one loss in one pass: added up, but for those that are still on a device."""

    total: float = 0.0
    count: int = 0
    waiting: list[Number] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, value: Number, count: int) -> None:
        """One batch."""
        if type(value) is float:
            self.total += value * count
            self.count += count
        else:
            self.waiting.append(value)
            self.counts.append(count)

    def mean(self, arrived: list[float]) -> float:
        """The mean over samples, once what waited has arrived."""
        total = self.total + sum(value * count for value, count in zip(arrived, self.counts, strict=True))
        return total / (self.count + sum(self.counts))


class Validation:
    """Losses computed without gradients, gathered over one pass."""

    def __init__(self, deferred: Deferred) -> None:
        self._deferred = deferred
        self._sums: dict[int, dict[str, Sum]] = {}  # by loader, by function
        self.loader = -1  # the loader that is being passed over
        self.known_loaders: list[int] = []  # in the order in which they were first validated on
        self.batches = 0
        self.passes = 0

    def add(self, site: LossSite, value: Number, count: int) -> None:
        """One batch."""
        self._sums.setdefault(self.loader, {}).setdefault(site.function, Sum()).add(value, count)
        self.batches += 1

    def __bool__(self) -> bool:
        return bool(self._sums)

    def close(self, layout: Any, position: int, train_loader: int) -> None:
        """The pass is over: one point for each loss, written with `layout((name,))(position, value)`."""
        if not self._sums:
            return
        by_loader, self._sums = self._sums, {}
        self.passes += 1
        self.batches = 0
        for loader, losses in by_loader.items():
            if loader == train_loader >= 0:
                continue  # the training data, evaluated: neither of the two curves
            if loader not in self.known_loaders:
                self.known_loaders.append(loader)
            self._write(losses, "val" if loader == self.known_loaders[0] else "test", layout, position)

    def _write(self, losses: dict[str, Sum], phase: str, layout: Any, position: int) -> None:
        def arrived(values: list[float]) -> None:
            at = 0
            means: dict[str, float] = {}
            for function, one in losses.items():
                means[function] = one.mean(values[at : at + len(one.waiting)])
                at += len(one.waiting)
            layout((f"{phase}/loss",))(position, sum(means.values()))
            if len(means) > 1:
                for function, mean in means.items():
                    layout((f"{phase}/loss/{function}",))(position, mean)

        self._deferred.give([value for one in losses.values() for value in one.waiting], arrived)


def _number(tensor: Any) -> Number:
    """A float where it costs nothing to know it, else a copy that stays on its device."""
    if tensor.is_cpu:
        return float(tensor.item())
    return tensor.detach().clone()
