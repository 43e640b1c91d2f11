"""Statistics of tensors, one record a step, to one track a tensor."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from .records import TensorStat
from .run import TensorTrack


def tracks_of(records: Iterable[TensorStat]) -> Mapping[str, TensorTrack]:
    """The tracks by "<kind>/<tensor>", in the order in which the tensors were first seen; steps in the order of the log."""
    grouped: dict[str, list[TensorStat]] = {}
    for record in records:
        grouped.setdefault(f"{record.kind}/{record.tensor}", []).append(record)
    return MappingProxyType({key: _track(same) for key, same in grouped.items()})


def _track(same: list[TensorStat]) -> TensorTrack:
    names = dict.fromkeys(name for record in same for name in record.stats)
    stats = {name: _frozen(record.stats.get(name, np.nan) for record in same) for name in names}
    step = _frozen(record.step for record in same)
    return TensorTrack(tensor=same[0].tensor, kind=same[0].kind, step=step, stats=MappingProxyType(stats))


def _frozen(values: Iterable[float]) -> np.ndarray:
    array = np.array(list(values), dtype=np.float64)
    array.setflags(write=False)
    return array
