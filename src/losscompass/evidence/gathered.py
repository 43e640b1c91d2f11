"""What a walk over the user's paths brought home: the runs, and what could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .records import Skipped
from .run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A path that gave no run: `reason` is an id of the text catalogue (`unreadable.<id>`)."""

    source: str
    reason: str  # "missing", "empty", "binary", "too-large", "no-permission", "lfs-pointer", "no-curve", "no-logs-in-folder" …
    values: Mapping[str, str | float | int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything the readers found under the paths they were given."""

    runs: tuple[Run, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[Skipped, ...] = ()  # not of one run: files passed over in a folder
