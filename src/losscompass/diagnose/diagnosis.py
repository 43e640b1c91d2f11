"""The one output type. Reports, live pages and JSON read this and nothing else; it holds no words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from ..evidence.gathered import Unreadable
from ..evidence.records import Axis, Skipped
from ..evidence.run import Run
from ..losses.judge import Judgement
from ..rules.base import Change, Exhibit, Severity, Value

SCHEMA = 1

LABELS = (
    "healthy-converged",
    "still-improving",
    "overfitting",
    "underfitting-flat",
    "diverged",
    "nan",
    "oscillating",
    "plateau",
    "spike-recovered",
    "val-below-train",
    "too-short-to-say",
    "not-a-training-log",
)
"""The vocabulary of `Reading.labels`, fixed by the public JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the headline curves do."""

    labels: tuple[str, ...]  # the most important first; never empty
    confidence: float  # of the first label, 0..1
    onset: float | None = None  # where the first label starts, on `axis`
    axis: Axis = "step"
    curve: str | None = None  # canonical name of the series that the verdict rests on
    first: float | None = None  # its first, best, last value, and where the best is
    best: float | None = None
    best_at: float | None = None
    last: float | None = None
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A rule that fired."""

    id: str
    kind: str  # "cause" | "symptom"
    category: str  # the rule's folder
    severity: Severity
    confidence: float
    onset: float | None
    values: Mapping[str, Value]
    exhibits: tuple[Exhibit, ...] = ()
    location: tuple[str, int] | None = None  # file, line
    code: str = ""  # the line itself
    change: Change | None = None  # what the user's lines should be
    explained_by: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    stated: float = 0.0  # the confidence that the rule states by itself; not shown


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that could not look: what to log so that it can."""

    id: str
    missing: tuple[str, ...]  # needs as written in the rule, or the id of an `Undecided`


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that raised: losscompass's own fault, shown, never read as clear."""

    id: str
    error: str


@dataclass(frozen=True, slots=True)
class Likely:
    """A cause that was not seen but would explain the symptoms."""

    id: str
    confidence: float  # measured share
    settled_by: str  # which evidence would settle it: id of the text catalogue ("evidence.<id>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """What to do, in the order of effect per effort (R1)."""

    remedy: str
    stage: str  # "evaluation" | "preprocessing" | "learning-rate" | "regularisation" | "data" | "architecture"
    risk: str  # "safe" | "changes-result" | "costly"
    answers: tuple[str, ...]  # ids of the findings it answers
    parameters: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Where a curve will be if nothing changes. `interval` holds the true value with probability 0.9."""

    series: str
    axis: Axis
    at: Float[np.ndarray, " m"]  # positions ahead
    median: Float[np.ndarray, " m"]
    low: Float[np.ndarray, " m"]
    high: Float[np.ndarray, " m"]
    limit: float | None  # what it tends to, None where that cannot be told
    limit_interval: tuple[float, float] | None
    gain: float  # expected change over the next `horizon` positions
    horizon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One point of the closing checklist (T11): "tick", "cross" or "not-seen", with the rules that say so."""

    area: str  # "rate" | "data" | "model" | "loss" | "optimiser" | "implementation" | "logging"
    id: str
    state: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDiagnosis:
    """The verdict on one run, with the run itself for the drawing."""

    run: Run
    reading: Reading
    found: tuple[Found, ...] = ()  # ranked: the first is what to fix first
    likely: tuple[Likely, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    clear: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    inferred: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))  # {"classes": 10, "task": …}
    judgement: Judgement | None = None  # where the last loss stands on its scale, if that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs side by side (J8): ranked where they can be compared, refused with the reason where they cannot."""

    ranked: tuple[int, ...] = ()  # indices into `Diagnosis.runs`, best first
    on: str = ""  # canonical name of the series compared
    refused: str = ""  # id of the text catalogue ("incomparable.<id>"), empty where ranked
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything losscompass has to say. `runs` starts with the run that has the most logged points."""

    runs: tuple[RunDiagnosis, ...]
    comparison: Comparison | None = None
    unreadable: tuple[Unreadable, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    schema: int = SCHEMA
