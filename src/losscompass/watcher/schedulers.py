"""Learning-rate schedulers: what they were told, how often they are stepped, and what that does to the rate."""

import weakref
from typing import Any, Final

from .places import Places, Spot

_CONSTANTS: Final = (
    "step_size", "gamma", "T_max", "T_0", "total_steps", "total_iters", "patience", "mode", "eta_min", "factor", "power",
)  # fmt: skip
_MOST: Final = 64


class SchedulerActs:
    """What one scheduler did so far."""

    __slots__ = (
        "calls",
        "constants",
        "high",
        "low",
        "made",
        "metric",
        "number",
        "optimizer",
        "rates",
        "ref",
        "stepped",
    )

    def __init__(self, number: int, scheduler: Any, spot: Spot | None) -> None:
        self.number = number
        self.ref = weakref.ref(scheduler)
        self.constants = _constants(scheduler)
        optimizer = getattr(scheduler, "optimizer", None)
        self.optimizer = id(optimizer)  # only to be compared
        self.made = spot
        self.stepped: Spot | None = None
        self.calls = 0
        self.metric = False
        self.rates: list[float] = []  # first and last
        self.low = float("inf")
        self.high = -float("inf")


class Schedulers:
    """All schedulers of a run."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._by_id: dict[int, SchedulerActs] = {}
        self.all: list[SchedulerActs] = []
        self._depth = 0

    def before(self) -> None:
        """A step begins: one scheduler may step others."""
        self._depth += 1

    def after(self, scheduler: Any, depth: int, *, with_metric: bool) -> SchedulerActs | None:
        """A scheduler has stepped; None where it was another's, or the step that each makes when it is made."""
        self._depth = max(0, self._depth - 1)
        if self._depth:
            return None
        state = self._by_id.get(id(scheduler))
        if state is None or state.ref() is not scheduler:
            if len(self.all) >= _MOST:
                return None
            state = SchedulerActs(len(self.all), scheduler, self._places.spot(depth + 1))
            self.all.append(state)
            self._by_id[id(scheduler)] = state
            self._rate(state, scheduler)
            if getattr(scheduler, "_step_count", 2) <= 1 or getattr(scheduler, "_is_initial", False):
                return None  # made just now
            state.made = None
        state.calls += 1
        state.metric = state.metric or with_metric
        if state.calls < 4:
            state.stepped = self._places.spot(depth + 1)
        self._rate(state, scheduler)
        return state

    def _rate(self, state: SchedulerActs, scheduler: Any) -> None:
        optimizer = getattr(scheduler, "optimizer", None)
        groups = getattr(optimizer, "param_groups", None)
        if not groups:
            return
        rate = float(groups[0]["lr"])
        state.rates = [state.rates[0], rate] if state.rates else [rate, rate]
        state.low, state.high = min(state.low, rate), max(state.high, rate)

    def figures(self, state: SchedulerActs) -> dict[str, Any]:
        """The keys of a `scheduler` event that speak of the scheduler itself."""
        found: dict[str, Any] = {"scheduler": state.number, "calls": state.calls, "metric": state.metric}
        if state.rates:
            found |= {"lr_first": state.rates[0], "lr_last": state.rates[1], "lr_low": state.low, "lr_high": state.high}
        return found | state.constants


def _constants(scheduler: Any) -> dict[str, Any]:
    """What a scheduler was told."""
    found: dict[str, Any] = {"class": type(scheduler).__name__}
    for key in _CONSTANTS:
        value = getattr(scheduler, key, None)
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            found[key] = value
    milestones = getattr(scheduler, "milestones", None)
    if milestones is not None:
        found["milestones"] = tuple(int(one) for one in sorted(milestones))[:32]
    return found
