"""What a loss should read: one file a loss, each with its contract, its start, its baseline, its floor, and when to take it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .all import ALL as ALL
    from .all import find as find

__all__ = ["ALL", "find"]


def __getattr__(name: str) -> object:
    """`losses.ALL` and `losses.find`, loaded when they are asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import all as everything

    return getattr(everything, name)
