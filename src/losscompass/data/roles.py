"""Which column is the target, which are inputs, and which only say to whom or when a row belongs."""

import re
from dataclasses import dataclass

from ..losses.targets_file import NAMES
from .errors import DataError
from .table import Table

GROUP = re.compile(
    r"^(?:(?:user|patient|subject|customer|client|person|speaker|author|session|household|family|participant|student|account|"
    r"device|machine|well|scene|video|clip|document|doc|store|shop|site|hospital|group)[ _-]?(?:id|no|nr|number|key|name)?|group[ _-]?\w*)$",
    re.IGNORECASE,
)
TIME = re.compile(
    r"^(?:date|time|datetime|timestamp|ts|\w+[ _-](?:date|time|at|timestamp)|event[ _-]?time)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns by what they are for. `features` are in the order of the table and hold neither target nor group."""

    features: tuple[str, ...]
    target: str | None
    group: str | None
    time: str | None


def roles_of(table: Table, target: str | None, group: str | None, time: str | None) -> Roles:
    """What the user named, else what the format declares, else what the names say. Raises `DataError` for a name that is none."""
    names = table.names
    for name in (target, group, time):
        if name is not None and name not in names:
            raise DataError("no-such-column", path=table.source, name=name, known=", ".join(names[:20]))
    if target is None:
        target = table.target or next((name for name in names if name.strip().lower() in NAMES), None)
    kinds = table.kinds()
    usable = [name for name in names if kinds[name] != "nested"]
    if group is None:
        group = next((name for name in usable if name != target and GROUP.match(name.strip())), None)
    if time is None:
        dates = [name for name in usable if kinds[name] == "date" and name != target]
        time = next(iter(dates), None) or next(
            (n for n in usable if n not in {target, group} and TIME.match(n.strip())), None
        )
    features = tuple(name for name in usable if name not in {target, group})
    if not features:
        raise DataError("no-features", path=table.source)
    return Roles(features, target, group, time)
