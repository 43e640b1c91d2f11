"""What can be done: one file a remedy, its words beside it in English and Japanese."""

from .base import Remedy

ALL: tuple[Remedy, ...] = ()
