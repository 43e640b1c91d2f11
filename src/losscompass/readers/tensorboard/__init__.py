"""TensorBoard event files: a file, or a folder of them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from ...evidence.records import Event, Fact, Record, ScalarBlock, Skipped
from ..base import Reader, UnreadableError
from .file import Curve, EventFile, read_file
from .folder import claims, event_files, is_event_file, parts_below
from .sessions import Session, sessions

_EPOCH_TAGS = ("epoch", "train/epoch")  # Lightning's and the Trainer's: the epoch at a step


def read(path: Path) -> Iterator[Record]:
    """The records of an event file, or of a folder's event files as one log."""
    if not path.is_dir():
        files = [(read_file(path), "{}")]
    else:
        own = event_files(path)
        files = [(read_file(one), "{}") for one in own]
        for below, pattern in parts_below(path, has_own=bool(own)):
            files.extend((read_file(one), pattern) for one in event_files(below))
    for file, pattern in files:
        file.curves = {pattern.format(tag): curve for tag, curve in file.curves.items()}
    found = sessions([file for file, _ in files])
    if not found:
        raise UnreadableError("no-curve")
    yield Fact("format", "tensorboard")
    for file, _ in files:
        yield from file.facts
    for session in found:
        if len(found) > 1:
            yield Event("run-start", data={"name": session.name})
        yield from _blocks(session)
        if session.orphaned:
            yield Skipped("orphaned-by-restart", session.orphaned)
    for file, _ in files:
        yield from _skipped(file)


def _blocks(session: Session) -> Iterator[ScalarBlock]:
    epochs = next((session.curves[tag] for tag in _EPOCH_TAGS if tag in session.curves), None)
    for tag, curve in session.curves.items():
        epoch = None if epochs is None or epochs is curve else _epochs_at(curve, epochs)
        time = curve.wall if np.isfinite(curve.wall).any() else None
        step = curve.step.astype(np.float64)
        by_epoch = tag.rpartition("/")[2].startswith("epoch_") and bool((np.diff(step) == 1).all())  # Keras
        yield ScalarBlock(tag, step, curve.value, axis="epoch" if by_epoch else "step", epoch=epoch, time=time)


def _epochs_at(curve: Curve, epochs: Curve) -> Float64[np.ndarray, " n"] | None:
    """The epoch that was logged at each step of a curve; NaN where none was."""
    if np.array_equal(curve.step, epochs.step):
        return epochs.value
    order = np.argsort(epochs.step, kind="stable")
    steps = epochs.step[order]
    index = np.minimum(np.searchsorted(steps, curve.step, side="right"), steps.size) - 1
    known = (index >= 0) & (steps[np.maximum(index, 0)] == curve.step)
    if not known.any():
        return None
    return np.where(known, epochs.value[order][np.maximum(index, 0)], np.nan)


def _skipped(file: EventFile) -> Iterator[Skipped]:
    if file.damaged:
        yield Skipped("damaged-record", file.damaged, f"byte {file.first_damage}")
    if file.cut_off is not None:
        yield Skipped("cut-off-last-record", 1, f"byte {file.cut_off}")


READER = Reader("tensorboard", is_event_file, read, claims)
