"""Numbers that name a fault where the loss is averaged; a sum hides them."""

from collections.abc import Callable

from .base import NamedFault, Setting


def mean_fault(
    cause: str, value: Callable[[Setting], float | None], *, tolerance: float = 5e-4, benign: bool = False
) -> NamedFault:
    """A `NamedFault` whose value is known of the mean only, and names nothing where it is 0."""

    def of_mean(setting: Setting) -> float | None:
        return (value(setting) or None) if setting.reduction == "mean" else None

    return NamedFault(cause, of_mean, tolerance, benign)
