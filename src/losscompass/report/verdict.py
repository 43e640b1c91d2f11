"""The sentences that every report begins with, in plain text."""

from collections.abc import Mapping

from ..diagnose.diagnosis import Forecast, Found, Likely, Prescription, Reading, RunDiagnosis
from ..diagnose.narrow import take
from ..evidence.records import Axis, Skipped
from ..evidence.run import Run, Series
from ..rules.all import CATEGORY
from ..rules.base import Need, Severity, Value
from ..text.catalogue import Catalogue, placeholders
from . import dataset
from .code import where
from .plain import plain

POSITIONS = frozenset(("at", "back", "best_at", "from", "onset", "step", "to"))
"""Values of findings by these names are positions on the axis of the curve."""

SEVERITIES = (Severity.NOTE, Severity.WARNING, Severity.CRITICAL)

GOOD = frozenset(("healthy-converged", "still-improving", "spike-recovered", "val-below-train"))
"""Labels that are nothing to worry about, if no finding says otherwise."""

NOT_AMISS = frozenset(
    ("fact:target", "fact:target-value", "kind:reward", "train/loss/*", "fact:audited", "fact:audited|fact:watched")
)
"""Needs of rules for some runs only: nobody need be told that their log does not meet them."""

TITLES = 3
"""Rules named beside what they need."""


def place(position: float, axis: Axis, catalogue: Catalogue) -> str:
    """A position with what it counts: "epoch 12", "step 4,000", "row 7"."""
    return catalogue.ui(f"at.{axis}", at=position)


def safe(values: Mapping[str, Value]) -> dict[str, Value]:
    """Values to be put into a sentence: text among them may come from a log."""
    return {key: plain(value) if isinstance(value, str) else value for key, value in values.items()}


def label(reading: Reading, catalogue: Catalogue) -> str:
    """The name of what the curve does: "overfitting", 「過学習」."""
    return catalogue.ui(f"label.{reading.labels[0]}")


def headline(one: RunDiagnosis, catalogue: Catalogue) -> tuple[str, float | None]:
    """What names the run, and how sure that is: the cause to be fixed first, where one was seen, else what the curve does.

    Of data that were only looked at: how they are, and no share.
    """
    if dataset.is_audit(one):
        return dataset.title(one, catalogue), None
    cause = cause_first(one)
    if cause is None:
        return label(one.reading, catalogue), one.reading.confidence
    return catalogue.title(cause.id) + (f" ({where(cause)})" if where(cause) else ""), cause.confidence


def cause_first(one: RunDiagnosis) -> Found | None:
    """The cause of warning or above that stands before all other findings."""
    first = one.found[0] if one.found else None
    return first if first is not None and first.kind == "cause" and first.severity is not Severity.NOTE else None


def by_itself(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What the curve does, where something else names the run; else nothing."""
    return (
        ""
        if dataset.is_audit(one) or cause_first(one) is None
        else catalogue.ui("found.curve", label=label(one.reading, catalogue))
    )


def verdict(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What the curves do, in a sentence or two. `{onset}` and `{best_at}` are places with their axis: "epoch 12"."""
    if dataset.is_audit(one):
        return dataset.verdict(one, catalogue)
    reading = one.reading
    key = f"verdict.{reading.labels[0]}"
    if not catalogue.has(key):
        return label(reading, catalogue)
    values: dict[str, Value] = dict(safe(reading.values))
    for figure in ("first", "best", "last"):
        if (value := getattr(reading, figure)) is not None:
            values.setdefault(figure, value)
    values["curve"] = plain(reading.curve or "")
    if reading.onset is not None:
        values["onset"] = place(reading.onset, reading.axis, catalogue)
    if reading.best_at is not None:
        values["best_at"] = place(reading.best_at, reading.axis, catalogue)
    if catalogue.lacks(key, values):
        key = f"verdict-without-figures.{reading.labels[0]}"
    return catalogue.ui(key, **values) if catalogue.has(key) else label(reading, catalogue)


def beside(reading: Reading, catalogue: Catalogue) -> str:
    """What the curves do besides, empty where that is all."""
    labels = [catalogue.ui(f"label.{one}") for one in reading.labels[1:]]
    return catalogue.ui("verdict-line.also", labels=catalogue.ui("list.comma").join(labels)) if labels else ""


def next_step(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What to do where no finding calls for a remedy."""
    if dataset.is_audit(one):
        return dataset.next_step(one, catalogue)
    key = f"next.{one.reading.labels[0]}"
    if one.prescriptions or not catalogue.has(key):
        return ""
    return catalogue.ui("verdict-line.next", next=catalogue.ui(key))


def tone(one: RunDiagnosis) -> str:
    """How good the verdict is: "good", or how bad the worst finding is; a verdict that is neither is a "note"."""
    worst = max((found.severity for found in one.found), key=SEVERITIES.index, default=Severity.NOTE)
    if worst != Severity.NOTE:
        return str(worst)
    return "good" if one.reading.labels[0] in GOOD or dataset.is_audit(one) else "note"


def sureness(confidence: float, catalogue: Catalogue) -> str:
    """How sure, in words: people misread bare percentages."""
    word = "high" if confidence >= 0.9 else "good" if confidence >= 0.7 else "fair" if confidence >= 0.5 else "low"
    return catalogue.ui(f"sure.{word}", share=confidence)


def axis_of(found: Found, one: RunDiagnosis) -> Axis:
    """What a finding's onset counts: as the first series it shows."""
    series = one.run.series.get(found.exhibits[0].series) if found.exhibits else None
    return one.reading.axis if series is None else series.axis


def gravity(found: Found, one: RunDiagnosis, catalogue: Catalogue) -> str:
    """How bad it is and since when: "warning, since epoch 12"."""
    said = catalogue.ui(f"severity.{found.severity}")
    if found.onset is None:
        return said
    return said + catalogue.ui("found.since", at=place(found.onset, axis_of(found, one), catalogue))


def headlines(run: Run) -> list[Series]:
    """The curves that say how the run goes, training first."""
    curves = (run.curve(phase) for phase in ("train", "val", "test"))
    return [series for series in curves if series is not None and len(series)]


def message(found: Found, one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What was seen. Values that are positions (`POSITIONS`) come with what they count: "epoch 12"."""
    return catalogue.message(found.id, _placed(found.values, axis_of(found, one), catalogue))


def _placed(values: Mapping[str, Value], axis: Axis, catalogue: Catalogue) -> dict[str, Value]:
    placed = safe(values)
    for name in POSITIONS & placed.keys():
        if not isinstance(position := placed[name], str):
            placed[name] = place(position, axis, catalogue)
    return placed


def advice(prescription: Prescription, one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What to do: the remedy's message, another one where its numbers are not known."""
    words = catalogue.words(prescription.remedy)
    if words is None:
        return prescription.remedy
    if not words.message or placeholders(words.message) - prescription.parameters.keys():
        return words.unmeasured or words.title
    named = (str(prescription.parameters.get(name)) for name in ("series", "curve"))
    series = next((one.run.series[name] for name in named if name in one.run.series), None)
    answered = (axis_of(found, one) for found in one.found if found.id in prescription.answers)
    axis = series.axis if series is not None else next(answered, one.reading.axis)
    return catalogue.message(prescription.remedy, _placed(prescription.parameters, axis, catalogue))


def outlook(forecast: Forecast, catalogue: Catalogue) -> str:
    """Where a curve will be if nothing changes, in one sentence."""
    values: dict[str, Value] = {
        "series": plain(forecast.series),
        "at": place(float(forecast.at[-1]), forecast.axis, catalogue),
        "median": float(forecast.median[-1]),
        "low": float(forecast.low[-1]),
        "high": float(forecast.high[-1]),
        "gain": forecast.gain,
        "horizon": catalogue.ui(f"more.{forecast.axis}", count=forecast.horizon),
    }
    sentence = catalogue.ui("forecast.sentence", **values)
    if forecast.limit is not None:
        sentence += catalogue.ui("forecast.limit", limit=forecast.limit)
    return sentence


def suspicion(likely: Likely, catalogue: Catalogue) -> str:
    """A cause that would explain what was seen, and what would settle it."""
    named = f"cause.{likely.id}"  # as a cause, where the id is also that of a symptom
    name = catalogue.ui(named) if catalogue.has(named) else catalogue.title(likely.id)
    settled_by = catalogue.ui(f"evidence.{likely.settled_by}")
    return catalogue.ui("likely.sentence", cause=name, share=likely.confidence, settled_by=settled_by)


def wanted(one: RunDiagnosis, catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    """What to log, and the rules (ids) that could then look; what helps most of them first."""
    wants: dict[str, dict[str, None]] = {}
    for rule in one.not_checked:
        if dataset.is_audit(one) and CATEGORY.get(rule.id) != "dataset":
            continue  # nobody who asks about the data need be told that they hold no curve
        for missing in rule.missing:
            if missing not in NOT_AMISS:
                wants.setdefault(need(missing, one.run, catalogue), {})[rule.id] = None
    return sorted(((what, list(ids)) for what, ids in wants.items()), key=lambda want: -len(want[1]))


def wishes(one: RunDiagnosis, catalogue: Catalogue) -> list[str]:
    """`wanted`, one line each, with the titles of the first rules that could then look."""
    return [_wish(what, ids, catalogue) for what, ids in wanted(one, catalogue)]


def _wish(what: str, ids: list[str], catalogue: Catalogue) -> str:
    titles = catalogue.ui("list.comma").join(catalogue.title(id_) for id_ in ids[:TITLES])
    if len(ids) > TITLES:
        titles = catalogue.ui("not-checked.and-more", titles=titles, count=len(ids) - TITLES)
    return catalogue.ui("not-checked.line", what=what, titles=titles)


def need(what: str, run: Run, catalogue: Catalogue) -> str:
    """What a rule needs (`Need.what`, or the id of an `Undecided`) in words; more of it where the log has some."""
    if catalogue.has(f"missing.{what}"):
        return catalogue.ui(f"missing.{what}")
    words = catalogue.ui(f"need.{what}") if catalogue.has(f"need.{what}") else plain(what)
    some = not take(run, (Need(what),))[1]
    return catalogue.ui("need.more", what=words) if some else words


def passed_over(skipped: tuple[Skipped, ...], catalogue: Catalogue) -> list[str]:
    """What could not be used, with counts: one line a reason."""
    totals: dict[str, tuple[int, str]] = {}
    for one in skipped:
        count, where = totals.get(one.reason, (0, one.where))
        totals[one.reason] = (count + one.count, where or one.where)
    lines = []
    for reason, (count, where) in totals.items():
        key = "skipped-line.somewhere" if where else "skipped-line.anywhere"
        what = catalogue.ui(f"skipped.{reason}", count=count, where=plain(where))
        lines.append(catalogue.ui(key, what=what, count=count, where=plain(where)))
    return lines


def name(one: RunDiagnosis) -> str:
    """The run's source, and its own name where the source holds several."""
    run = one.run
    return plain(run.source) + (f" [{plain(run.name)}]" if run.name else "")
