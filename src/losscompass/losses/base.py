"""What is known of a loss before any training: what it must be given, and what it must read.

Three readings turn a bare number into a place: what an untrained network reads (`start`), what the best constant
prediction reads (`baseline`: worse than this, nothing was learned), and what no prediction can go below (`floor`).
All are closed forms of what is known about the data, in nats where logarithms occur; none needs torch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from jaxtyping import Float

Reduction = Literal["mean", "sum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStatistics:
    """What a regression target looks like; the noise is the part no model can explain, where somebody knows it."""

    mean: float
    variance: float
    mean_absolute_deviation: float  # mean |y − median|
    mean_absolute: float  # mean |y|
    minimum: float
    maximum: float
    noise_variance: float = 0.0
    values: Float[np.ndarray, " n"] | None = None  # the targets themselves, where a form needs all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of the task. Every field may be missing; a reading that needs it is then `None`.

    `priors`: shares of the classes, shape (classes,), sum 1; for binary and multi-label targets the share of positives
    of each output. `weights`: class weights, shape (classes,). `count`: elements a summed loss adds up.
    `parameters`: what the loss itself takes (margin, delta, gamma, temperature …), by the names its `Loss` declares.
    """

    classes: int | None = None
    priors: Float[np.ndarray, " classes"] | None = None
    weights: Float[np.ndarray, " classes"] | None = None
    positive_weight: float = 1.0
    smoothing: float = 0.0
    reduction: Reduction = "mean"
    count: int | None = None
    target: TargetStatistics | None = None
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def parameter(self, loss: "Loss", name: str) -> float:
        """The value given for a parameter of the loss, else its default."""
        return float(self.parameters.get(name, loss.default(name)))


@dataclass(frozen=True, slots=True)
class Readings:
    """The three readings; None where there is none or too little is known. `notes`: ids of caveats that apply."""

    start: float | None
    baseline: float | None
    floor: float | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that the loss itself takes."""

    name: str
    default: float
    low: float = -np.inf  # bounds a user may give, inclusive
    high: float = np.inf


@dataclass(frozen=True, slots=True)
class Operand:
    """What is passed as prediction or target: kind ("logits", "probabilities", "class-ids" …), shape, dtype, range."""

    kind: str
    shape: str
    dtype: str
    range: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """How a loss wants to be called, and the mistakes that it takes without a word.

    `silent`: ids of mistakes, in the words of the loss's page ("softmax-outputs", "broadcast" …).
    """

    prediction: Operand
    target: Operand
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedFault:
    """A value that names a fault by itself, e.g. 4.1589 or exactly the margin.

    `value` gives the reading in this setting, None where the setting says too little; `cause` is an id of the causes'
    list or of the loss's own words; `benign` says that it may also be right, and what tells the two apart is in the words.
    """

    cause: str
    value: Callable[[Setting], float | None]
    tolerance: float = 5e-4  # relative: how close counts as the same number, printed with four digits
    benign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One loss. Its words (what it measures, when to take it, when not, how it fails) lie beside it, in each language."""

    id: str  # kebab-case, the file's name
    family: Literal[
        "regression",
        "classification",
        "embedding",
        "segmentation",
        "detection",
        "generative",
        "reinforcement",
        "penalty",
    ]
    tasks: tuple[str, ...]  # of judge --task
    aliases: tuple[str, ...] = ()  # other names people type: "mse", "CrossEntropyLoss", "bce_with_logits"
    formula: str  # in plain text
    contract: Contract
    readings: Callable[["Loss", Setting], Readings]
    parameters: tuple[Parameter, ...] = ()
    direction: int = -1  # -1: lower is better; 0: the value says nothing (adversarial, policy)
    smooth: Literal["everywhere", "almost-everywhere", "nowhere"] = "everywhere"
    corners: str = ""  # where there is no gradient, and which subgradient is taken, as a formula
    outliers: Literal["robust", "moderate", "sensitive"] = "moderate"
    imbalance: Literal["robust", "moderate", "sensitive"] = "moderate"
    implementation: str  # the well-kept one to use, as an importable dotted name
    code: str  # a line or two that use it right
    curve: Callable[[Float[np.ndarray, " n"]], Float[np.ndarray, " n"]] | None = (
        None  # of one prediction, for its picture
    )
    curve_range: tuple[float, float] = (-3.0, 3.0)
    faults: tuple[NamedFault, ...] = ()
    metrics: tuple[str, ...] = ()  # to read beside it

    def default(self, name: str) -> float:
        """The default of one of its parameters. Raises KeyError for a name the loss does not take."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter.default
        raise KeyError(name)
