"""The curves of the training: one row a step, from the values of the backwards that led to it."""

from typing import Any, Final

from .deferred import Deferred
from .loop import Loop
from .losses import BackwardSite, Losses
from .telling import Row, Telling
from .tensors import Tensors

NAMED: Final = 8
"""Optimisers that have series of their own; where one is made for every task or fold, the later ones share theirs."""


class Training:
    """Writes loss, parts, learning rate and, where it is known, the norm of the gradient."""

    def __init__(self, telling: Telling, losses: Losses, loop: Loop, tensors: Tensors, deferred: Deferred) -> None:
        self._telling = telling
        self._losses = losses
        self._loop = loop
        self._tensors = tensors
        self._deferred = deferred
        self._plain: Row | None = None
        self._owners: dict[str, int] = {}  # name of a loss to the number of the optimiser whose it is

    def write(self, position: int, optimizer: Any = None, *, looked: bool = False) -> None:
        """The losses since the last row. `looked`: the tensors of this step were looked at."""
        micro, self._losses.micro = self._losses.micro, {}
        if len(micro) == 1 and len(self._loop.states) == 1 and not looked and optimizer is not None:
            (one,) = micro.values()
            rate = optimizer.param_groups[0]["lr"]
            if len(one.values) == 1 and not one.parts and type(rate) is float and type(one.values[0]) is float:
                value = one.values[0]  # the usual step, the quick way
                if self._plain is None:
                    self._plain = self._telling.layout(("train/loss", "lr"))
                self._plain(position, value, rate)
                self._judge(value)
                return
        names: list[str] = []
        numbers: list[Any] = []
        shape: list[list[int]] = []  # for each name, how many numbers each of its lines of code has
        several = len(self._loop.states) > 1
        sites = [(self._losses.site(number), one) for number, one in micro.items() if one.values]
        if sites:
            name = self._series_name([site for site, _ in sites], optimizer, several=several)
            names.append(name)
            shape.append([len(one.values) for _, one in sites])
            numbers += [value for _, one in sites for value in one.values]
            for _, one in sites:
                for part, values in one.parts.items():
                    names.append(f"{name}/{part}")
                    shape.append([len(values)])
                    numbers += values
        elif not self._loop.backwards and self._losses.pending:
            untrained = self._losses.untrained()
            if untrained:
                names.append("train/loss")
                shape.append([1] * len(untrained))
                numbers += untrained
        extra = self._beside(optimizer, looked=looked, several=several)
        keys = (*names, *extra)
        if not keys:
            return

        def arrived(values: list[float]) -> None:
            means, at = [], 0
            for lines in shape:
                total = 0.0
                for count in lines:
                    total += sum(values[at : at + count]) / count
                    at += count
                means.append(total)
            self._telling.layout(keys)(position, *means, *extra.values())
            if means:
                self._judge(means[0])

        self._deferred.give(numbers, arrived)

    def _beside(self, optimizer: Any, *, looked: bool, several: bool) -> dict[str, float]:
        """The learning rate, and the norm of the gradient where nobody clips (clipping tells the norm before it)."""
        found: dict[str, float] = {}
        if optimizer is not None:
            state = self._loop.state(optimizer)
            number = state.number if state is not None and several and state.number < NAMED else 0
            found["lr" if number == 0 else f"lr/{number}"] = float(optimizer.param_groups[0]["lr"])
        if looked and self._tensors.gradient_norm is not None and not self._loop.clips:
            own = self._optimizer_name(optimizer) if several else ""
            found[f"grad_norm/{own}" if own else "grad_norm"] = self._tensors.gradient_norm
        self._tensors.gradient_norm = None
        return found

    def _series_name(self, sites: list[BackwardSite], optimizer: Any, *, several: bool) -> str:
        """It is "train/loss"; where several optimisers take turns, with what the user calls this loss, or its optimiser."""
        if not several:
            return "train/loss"
        state = self._loop.state(optimizer)
        number = -1 if state is None else state.number
        name = sites[0].variable if len({site.variable for site in sites}) == 1 else ""
        short = name.lower().replace("loss", "").strip("_")
        if not name or self._owners.setdefault(short, number) != number:
            short = self._optimizer_name(optimizer)  # another optimiser's loss has that name, or none has one
        return f"train/loss_{short}" if short else "train/loss"

    def _optimizer_name(self, optimizer: Any) -> str:
        state = self._loop.state(optimizer)
        if state is None or state.number >= NAMED:
            return ""
        short = state.variable.lower()
        for word in ("optimizer", "optimiser", "optim", "opt"):
            short = short.replace(word, "")
        return short.strip("_") or str(state.number)

    def _judge(self, value: float) -> None:
        """The first loss that is no number is told of at once."""
        if value - value == 0.0:
            self._telling.last_loss = value
        elif not self._telling.knows_nonfinite("loss"):
            spots = self._loop.spots
            self._telling.nonfinite("loss", "", 1.0, "train", spots.get("loss") or spots.get("backward"))
