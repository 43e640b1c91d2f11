"""The type a remedy is made of. A remedy is a module with a `REMEDY` value, its words beside it in English and Japanese."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..evidence.run import Run

Value = float | int | str
Stage = Literal["evaluation", "preprocessing", "learning-rate", "regularisation", "data", "architecture"]
Risk = Literal["safe", "changes-result", "costly"]

STAGES: tuple[Stage, ...] = ("evaluation", "preprocessing", "learning-rate", "regularisation", "data", "architecture")
"""In the order of effect per effort: what is cheap to try and decides much comes first, the model itself last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What can be done.

    `parameters(run, values)`: the concrete numbers for this run (a learning rate, an epoch to stop at), from the run and
    the values of the finding that calls for it; empty where the run does not tell. Keys are the same for every run that
    gives any, and stand as placeholders in the remedy's message.
    """

    id: str  # kebab-case, says what is done; the file's name
    stage: Stage
    risk: Risk
    parameters: Callable[[Run, Mapping[str, Value]], Mapping[str, Value]] = lambda run, values: {}  # noqa: ARG005
