"""To whom and to when the rows of both parts belong: groups and times that training and validation share."""

from collections.abc import Iterator

import numpy as np

from ..evidence.records import Event
from .cells import Layout, labels_of, read_cells
from .profile import Profile

MOST_GROUPS = 5_000_000


def belonging(train: Profile, val: Profile) -> Iterator[Event]:
    """The events `groups` and `times`, where a column tells."""
    group, time = train.roles.group, train.roles.time
    if group is not None and group in val.table.names:
        mine, theirs = (_cells_of(part, group) for part in (train, val))
        known = set(mine)
        shared = np.array([one in known for one in theirs], dtype=bool)
        yield Event(
            "groups",
            data={
                "column": group,
                "train_groups": len(known),
                "val_groups": len(set(theirs)),
                "shared_groups": len(known & set(theirs)),
                "val_rows_shared": float(shared.mean()) if shared.size else 0.0,
                "rows": (len(mine), len(theirs)),
                "examples": tuple(str(one) for one in sorted(known & set(theirs), key=str)[:5]),
            },
        )
    if time is not None and time in val.table.names and time in train.layout.numeric and time in val.layout.numeric:
        a, b = train.layout.numeric.index(time), val.layout.numeric.index(time)
        end, start = float(train.moments.high[a]), float(val.moments.low[b])
        seen = val.sample.numbers[:, b]
        seen = seen[np.isfinite(seen)]
        yield Event(
            "times",
            data={
                "column": time,
                "before_end": float((seen < end).mean()) if seen.size else 0.0,
                "train_low": float(train.moments.low[a]),
                "train_high": end,
                "val_low": start,
                "val_high": float(val.moments.high[b]),
                "is_date": train.table.kinds()[time] == "date",
            },
        )


def _cells_of(part: Profile, name: str) -> list[object]:
    cells: list[object] = []
    layout = Layout.of(part.table, (name,))
    for batch in part.table.batches():
        if layout.numeric:
            cells += read_cells(batch, part.table, layout).numbers[:, 0].tolist()
        else:
            cells += labels_of(batch, part.table, name).tolist()
        if len(cells) >= MOST_GROUPS:
            break
    return [cell for cell in cells if cell is not None and cell == cell]  # noqa: PLR0124 - NaN belongs to nobody
