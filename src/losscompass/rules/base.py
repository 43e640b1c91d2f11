"""The types a rule is made of. A rule is a module with a `RULE` value: no base class, no registration by import."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from ..evidence.records import Place
from ..evidence.run import Run

Value = float | int | str


class Severity(StrEnum):
    """How bad it is, if it is so. Not how sure (confidence), not where it belongs (category)."""

    NOTE = "note"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Need:
    """What a rule must be given; the engine checks it and hands over nothing else.

    `what`: a series' canonical name ("train/loss"), a pattern over names ("val/loss/*"), a headline curve
    ("curve:val"), a kind ("kind:metric-up", "kind:learning-rate"), a fact ("fact:classes"), events of a name
    ("event:run-start"; none is evidence too), or several of these separated by "|" (one that is there suffices; all
    that are there are handed over).
    """

    what: str
    points: int = 1  # a series with fewer points (finite ones, unless `finite` is False) does not count
    finite: bool = True  # hand over finite points only
    optional: bool = False  # hand it over if it is there; never a reason not to check


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that decides, with its unit and the record of the measurement that set it."""

    value: float
    unit: str
    basis: str  # path of a calibration record, or the source of a published constant


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence to show: a span of a series, or marks on it; or a table (then `series` is empty).

    `columns`: ids of the text catalogue (`exhibit.<id>`), one a column; `rows`: cells as they are, at most a screenful.
    """

    series: str
    steps: tuple[float, float] | None = None
    marks: tuple[float, ...] = ()
    kind: Literal["span", "table"] = "span"
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The user's own lines, and what they should be. Lines are without the indentation that they share."""

    place: Place  # of the first line
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What `detect` saw. No words: the language is chosen when it is shown."""

    onset: float | None  # the first position concerned, on `axis` of the first exhibit's series
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    exhibits: tuple[Exhibit, ...] = ()
    severity: Severity | None = None  # where it differs from the rule's
    confidence: float | None = None  # where it differs from the calibrated one
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))  # inferred: {"classes": 10}
    place: Place | None = None  # the line of the user's code that is to be looked at
    change: Change | None = None  # what to write there


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A symptom or a cause, and how it is seen."""

    id: str  # kebab-case noun for what is seen; the file's name
    kind: Literal["symptom", "cause"]
    severity: Severity
    needs: tuple[Need, ...]
    detect: Callable[..., Iterable[Finding]]
    remedies: tuple[str, ...] = ()  # ids
    explains: tuple[str, ...] = ()  # ids of the rules whose findings are effects of this one
    thresholds: Mapping[str, Threshold] = field(default_factory=lambda: MappingProxyType({}))
    confidence: float = 0.8  # share of true findings among its firings, from its calibration record
    labels: tuple[str, ...] = ()  # of `reading.labels`, that a finding of this rule gives to the curve
    domain: tuple[str, ...] = ()  # ids of the domain list it serves: C2, J3 …


@dataclass(frozen=True, slots=True)
class Undecided(Exception):  # noqa: N818 - an outcome, not an error: the engine turns it into "not checked"
    """Raised by `detect` when the evidence is there but too thin to say either way."""

    missing: str  # id of the text catalogue ("missing.<id>"): what to log to know


DetectFunction = Callable[[Run], Iterable[Finding]]
