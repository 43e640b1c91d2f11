"""When to look: looking costs time, and the time it may cost is a small share of the run's."""

from time import perf_counter
from typing import Final

SHARE: Final = 0.004
"""Of the time of the run so far, what sampled looks may take in all. `make bench-watch` measures what it comes to."""

GRACE: Final = 0.05
"""Seconds that looks may take beyond that, so that short runs are seen at all."""

ALWAYS: Final = 3
"""The first steps are always X-rayed: what is wrong with the wiring shows there."""

ANEW: Final = 2
"""So are the first of an optimiser that is made when others have stepped: a second phase of the training, another fold."""

_TIMES: Final = 4
"""Optimisers for which this is done: some make one at each step."""


class Budget:
    """Counts what looking has cost, and says whether there may be more of it."""

    def __init__(self) -> None:
        self.began = perf_counter()
        self.spent = 0.0
        self._xray_next = ALWAYS
        self._until = self._anew = 0

    def allows(self) -> bool:
        """Whether another look is within the budget."""
        return self.spent < GRACE + SHARE * (perf_counter() - self.began)

    def charge(self, since: float) -> None:
        """A look began at `since` (of `perf_counter`) and is over."""
        self.spent += perf_counter() - since

    def anew(self, position: int) -> bool:
        """An optimiser was made in the midst of the run. Whether the step that is going on is X-rayed for it."""
        if self._anew >= _TIMES:
            return False
        self._anew += 1
        self._until = position + ANEW
        return True

    def xray(self, position: int) -> bool:
        """Whether the step at `position` is to be X-rayed: the first three, then ever more rarely (10, 30, 100 …)."""
        if position < max(ALWAYS, self._until):
            return True
        if position < self._xray_next or not self.allows():
            return False
        self._xray_next = _next_rare(position)
        return True


def _next_rare(position: int) -> int:
    """The next of 10, 30, 100, 300 … above a position."""
    power = 10
    while True:
        for candidate in (power, 3 * power):
            if candidate > position:
                return candidate
        power *= 10
