"""The narrow waist: everything that was seen arrives as one of these records, and nothing else does.

A reader yields records in the order of the log; `evidence.build` turns them into immutable `Run`s.
Names are the log's own (`val_loss`, `valid_1's l2`, `損失`): `evidence.names` gives them their role later.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float

Axis = Literal["step", "epoch", "row"]
"""What a position counts: optimiser steps (iterations, batches), epochs, or, where a log numbers nothing, its rows."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One logged number.

    `step` is a float because some logs give nothing but a fractional epoch; whole numbers up to 2**53 stay exact.
    A value may be NaN or infinite: that is evidence, never an error.
    """

    name: str
    step: float
    value: float
    _: KW_ONLY
    axis: Axis = "step"
    epoch: float | None = None
    time: float | None = None  # seconds since 1970
    rank: int = 0


@dataclass(frozen=True, slots=True)
class ScalarBlock:
    """Many scalars of one name, in the order of the log: the same as as many `Scalar`s, at a hundredth of the cost."""

    name: str
    step: Float[np.ndarray, " n"]
    value: Float[np.ndarray, " n"]
    _: KW_ONLY
    axis: Axis = "step"
    epoch: Float[np.ndarray, " n"] | None = None  # NaN where not known
    time: Float[np.ndarray, " n"] | None = None  # seconds since 1970, NaN where not known
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `run-start` begins another run in the same log, with its name in `data["name"]`."""

    name: str
    step: float | None = None
    data: Mapping[str, str | float | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds for the whole run: format, framework, optimiser, batch size, number of classes …"""

    name: str
    value: str | float | int | bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a reader could not use, so that nothing is dropped silently.

    `reason` is an id of the text catalogue (`skipped.<reason>`), e.g. `cut-off-last-row`, `damaged-record`, `not-a-number`.
    """

    reason: str
    count: int = 1
    where: str = ""  # the first place: "line 12", "byte 4096", a column's name


Record = Scalar | ScalarBlock | Event | Fact | Skipped
