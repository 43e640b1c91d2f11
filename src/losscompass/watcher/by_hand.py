"""A loop that steps by hand, without an optimiser: are the gradients cleared before the next backward?"""

import weakref
from typing import Any, Final

_LOOKED_AT: Final = 8
"""Numbers of a parameter by which a step is seen."""

_LOOKS: Final = 256


class ByHand:
    """Follows one parameter from the end of a backward to the beginning of the next."""

    def __init__(self) -> None:
        self.steps = self.onto_old = 0  # steps; those after which the gradient was left as it was
        self._leaf: Any = None  # weak
        self._looks = 0
        self._before: tuple[list[float], int] | None = None  # numbers, version of the gradient

    def reached(self, leaves: list[Any]) -> None:
        """A loss reaches these parameters."""
        if self._leaf is None or self._leaf() is None:
            self._leaf = weakref.ref(leaves[0]) if leaves and leaves[0].is_cpu else None

    def after_backward(self) -> None:
        """The gradients are made."""
        leaf = None if self._leaf is None or self._looks >= _LOOKS else self._leaf()
        self._before = None
        if leaf is not None and leaf.grad is not None:
            self._looks += 1
            self._before = _numbers(leaf), leaf.grad._version

    def before_backward(self) -> None:
        """The next backward begins: was there a step in between, and what was left of the gradient?"""
        leaf = None if self._leaf is None or self._before is None else self._leaf()
        if leaf is None or self._before is None:
            return
        numbers, version = self._before
        if _numbers(leaf) == numbers:
            return
        self.steps += 1
        self.onto_old += leaf.grad is not None and leaf.grad._version == version and bool(leaf.grad.any())


def _numbers(leaf: Any) -> list[float]:
    found: list[float] = leaf.detach().reshape(-1)[:_LOOKED_AT].tolist()
    return found
