"""Tables whose rows say whose data they were measured on: `mode: train`, `phase: val`, `split: test`."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Bool

from ..evidence.names import Kind, role_of
from .positions import position_key

_COLUMNS = frozenset(
    (
        "mode",
        "phase",
        "split",
        "stage",
        "set",
        "subset",
        "dataset",
        "partition",
        "type",
        "fold",
        "evaltype",
        "フェーズ",
        "区分",
    )
)
_PHASES = {
    **dict.fromkeys(("train", "training", "trn", "tr", "fit", "学習", "訓練"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev", "eval", "evaluation", "検証", "評価"), "val"),
    **dict.fromkeys(("test", "testing", "tst", "テスト"), "test"),
}


def phase_of_rows(texts: Mapping[str, Sequence[str | None]]) -> list[str | None] | None:
    """The phase of every row ("train", "val", "test"), None for a row without; None if no column says it."""
    for name, cells in texts.items():
        if position_key(name) not in _COLUMNS:
            continue
        kinds = {cell for cell in cells if cell}
        spelled = {kind: _PHASES.get(kind.strip().casefold()) for kind in kinds if len(kind) < 40}
        if kinds and len(spelled) == len(kinds) and all(spelled.values()):
            return [spelled.get(cell) if cell else None for cell in cells]
    return None


_PHASELESS = frozenset((Kind.LEARNING_RATE, Kind.GRADIENT_NORM, Kind.TIME, Kind.COUNTER))
_OWN_PHASE = re.compile(r"(?:train|training|val|valid|validation|eval|dev|test)(?![^\W\d_])", re.IGNORECASE)


def has_phase(name: str) -> bool:
    """Whether a phase said by the row belongs before the name: not before a learning rate, not before `val_loss`."""
    return role_of(name)[1].kind not in _PHASELESS and _OWN_PHASE.match(name) is None


def with_phase(
    name: str, phases: Sequence[str | None] | None, present: Bool[np.ndarray, " n"], part: slice
) -> Iterator[tuple[str, Bool[np.ndarray, " m"]]]:
    """The column's name in each phase of the rows `part`, with the mask of the rows (within the part) that it has there."""
    mask = present[part]
    if phases is None:
        yield name, mask
        return
    of_row = np.array([phase or "" for phase in phases[part]])
    for phase in ("", "train", "val", "test"):
        rows = mask & (of_row == phase)
        if rows.any():
            yield (f"{phase}/{name}" if phase else name), rows
