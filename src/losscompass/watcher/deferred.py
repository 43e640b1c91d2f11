"""Numbers that live on a device: they leave it in batches, so that no step waits for one."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

MOST: Final = 64
"""Numbers that are kept back at the most."""

OLDEST: Final = 0.5
"""Seconds that a number is kept back at the most."""


class Deferred:
    """Zero-dimensional tensors on their way to `float`; those on the CPU arrive at once."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._waiting: list[tuple[list[Any], Callable[[list[float]], None]]] = []
        self._since = 0.0

    def give(self, numbers: list[Any], then: Callable[[list[float]], None]) -> None:
        """Call `then` with the numbers (floats, or tensors of one element) once all of them are floats."""
        if all(type(one) is float for one in numbers):
            then(numbers)
            return
        if not self._waiting:
            self._since = perf_counter()
        self._waiting.append((numbers, then))
        if len(self._waiting) >= MOST or perf_counter() - self._since > OLDEST:
            self.flush()

    def flush(self) -> None:
        """Everything that waits arrives now: one transfer a device."""
        waiting, self._waiting = self._waiting, []
        by_device: dict[Any, list[Any]] = {}
        for numbers, _ in waiting:
            for one in numbers:
                if type(one) is not float:
                    by_device.setdefault(one.device, []).append(one)
        known: dict[int, float] = {}
        for tensors in by_device.values():
            values = self._torch.stack([one.reshape(()).float() for one in tensors]).tolist()
            known.update((id(one), value) for one, value in zip(tensors, values, strict=True))
        for numbers, then in waiting:
            then([one if type(one) is float else known[id(one)] for one in numbers])
