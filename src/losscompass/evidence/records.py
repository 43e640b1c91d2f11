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
class Place:
    """A line of the user's own code: the first frame outside torch and losscompass."""

    file: str  # as Python names it, relative to the working folder where it lies below it
    line: int
    code: str = ""  # the line itself, without its indentation
    function: str = ""


Datum = str | float | int | bool | None
"""One value of an event; several of them are a tuple."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `run-start` begins another run in the same log, with its name in `data["name"]`.

    `places` says where in the user's code: "at" is the place of the event itself, other keys are those of what it speaks of.
    """

    name: str
    step: float | None = None
    data: Mapping[str, Datum | tuple[Datum, ...]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)


TensorKind = Literal["weight", "gradient", "update", "activation"]


@dataclass(frozen=True, slots=True)
class TensorStat:
    """Statistics of one tensor at one step, never the tensor itself: norm, share of zeros, ratio of update to weight …"""

    tensor: str  # the parameter's or module's own name: "features.0.weight"
    kind: TensorKind
    step: float
    stats: Mapping[str, float]


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


Record = Scalar | ScalarBlock | Event | Fact | TensorStat | Skipped
