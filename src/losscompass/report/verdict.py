"""The sentences that every report begins with, in plain text."""

from collections.abc import Mapping

from ..diagnose.diagnosis import Forecast, Found, Likely, NotChecked, Prescription, Reading, RunDiagnosis
from ..evidence.records import Axis, Skipped
from ..evidence.run import Run, Series
from ..rules.base import Value
from ..text.catalogue import Catalogue, placeholders
from .plain import plain

POSITIONS = frozenset(("at", "back", "best_at", "from", "onset", "step", "to"))
"""Values of findings by these names are positions on the axis of the curve."""


def place(position: float, axis: Axis, catalogue: Catalogue) -> str:
    """A position with what it counts: "epoch 12", "step 4,000", "row 7"."""
    return catalogue.ui(f"at.{axis}", at=position)


def safe(values: Mapping[str, Value]) -> dict[str, Value]:
    """Values to be put into a sentence: text among them may come from a log."""
    return {key: plain(value) if isinstance(value, str) else value for key, value in values.items()}


def label(reading: Reading, catalogue: Catalogue) -> str:
    """The name of what the curve does: "overfitting", 「過学習」."""
    return catalogue.ui(f"label.{reading.labels[0]}")


def verdict(one: RunDiagnosis, catalogue: Catalogue) -> str:
    """What the curves do, in a sentence or two. `{onset}` and `{best_at}` are places with their axis: "epoch 12"."""
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
    return catalogue.ui(key, **values)


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
    values = safe(found.values)
    for name in POSITIONS & values.keys():
        if not isinstance(position := values[name], str):
            values[name] = place(position, axis_of(found, one), catalogue)
    return catalogue.message(found.id, values)


def advice(prescription: Prescription, catalogue: Catalogue) -> str:
    """What to do: the remedy's message where its numbers are known, else its title."""
    words = catalogue.words(prescription.remedy)
    if words is None:
        return prescription.remedy
    if words.message and placeholders(words.message) <= set(prescription.parameters):
        return catalogue.message(prescription.remedy, safe(prescription.parameters))
    return words.title


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
    name = catalogue.title(likely.id)
    if name == likely.id:
        name = catalogue.ui(f"cause.{likely.id}") if catalogue.has(f"cause.{likely.id}") else likely.id
    settled_by = catalogue.ui(f"evidence.{likely.settled_by}")
    return catalogue.ui("likely.sentence", cause=name, share=likely.confidence, settled_by=settled_by)


def wanted(not_checked: tuple[NotChecked, ...], catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    """What to log, and the rules (ids) that could then look; what helps most of them first."""
    wishes: dict[str, list[str]] = {}
    for rule in not_checked:
        for missing in rule.missing:
            wishes.setdefault(missing, []).append(rule.id)
    ranked = sorted(wishes.items(), key=lambda wish: -len(wish[1]))
    merged: dict[str, list[str]] = {}
    for missing, ids in ranked:
        merged.setdefault(need(missing, catalogue), []).extend(ids)
    return list(merged.items())


def wishes(one: RunDiagnosis, catalogue: Catalogue) -> list[str]:
    """`wanted`, one sentence each."""
    wants = wanted(one.not_checked, catalogue)
    return [catalogue.ui("not-checked.line", what=what, count=len(ids)) for what, ids in wants]


def need(what: str, catalogue: Catalogue) -> str:
    """What a rule needs (`Need.what`, or the id of an `Undecided`) in words."""
    if catalogue.has(f"missing.{what}"):
        return catalogue.ui(f"missing.{what}")
    names = [_need(one.strip(), catalogue) for one in what.split("|")]
    return catalogue.ui("need.or").join(dict.fromkeys(names))


def _need(what: str, catalogue: Catalogue) -> str:
    kind, colon, name = what.partition(":")
    key = f"need.{kind}.{name}" if colon else f"need.series.{what.replace('*', 'all')}"
    return catalogue.ui(key) if catalogue.has(key) else plain(what)


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
