"""What the page is given: the public JSON, the curves to draw, and all words, filled with values, in every language."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..diagnose.diagnosis import Diagnosis, NotChecked, RunDiagnosis
from ..evidence.gathered import Unreadable
from ..evidence.records import Skipped
from ..text.catalogue import Catalogue
from .json import document
from .packed_series import ArrayStore, pack_runs


def page_data(diagnosis: Diagnosis, catalogues: Mapping[str, Catalogue], lang: str) -> dict[str, Any]:
    """One JSON-able dictionary. `document`, `curves` and `arrays` hold no words; `words` holds one table a language."""
    runs = sorted(diagnosis.runs, key=lambda one: -one.run.points)  # as in the document
    facts = document(diagnosis)
    facts["runs"] = facts["runs"][: len(runs)]  # what could not be read has its own list
    store = ArrayStore()
    return {
        "lang": lang,
        "document": facts,
        "curves": pack_runs([one.run for one in runs], store),
        "arrays": store.packed,
        "words": {tongue: _words(diagnosis, runs, words) for tongue, words in catalogues.items()},
    }


def _words(diagnosis: Diagnosis, runs: list[RunDiagnosis], words: Catalogue) -> dict[str, Any]:
    return {
        "page": words.table("page"),
        "entries": _entries(runs, words),
        "runs": [_run(one, words) for one in runs],
        "comparison": _comparison(diagnosis, words),
        "unreadable": [_unreadable(one, words) for one in diagnosis.unreadable],
        "skipped": [_skipped(one, words) for one in diagnosis.skipped],
    }


def _run(one: RunDiagnosis, words: Catalogue) -> dict[str, Any]:
    return {
        "verdict": verdict(one, words),
        "facts": [[_said(words, "page.fact", name), _value(words, value)] for name, value in one.run.facts.items()],
        "found": [words.message(found.id, found.values) for found in one.found],
        "prescriptions": [words.message(x.remedy, x.parameters) for x in one.prescriptions],
        "likely": [_said(words, "evidence", x.settled_by) for x in one.likely],
        "not_checked": [_missing(x, words) for x in one.not_checked],
        "checklist": [
            [_said(words, "checklist.area", x.area), _said(words, "checklist.item", x.id)] for x in one.checklist
        ],
        "skipped": [_skipped(x, words) for x in one.run.skipped],
    }


def verdict(one: RunDiagnosis, words: Catalogue) -> str:
    """The one sentence that says what the headline curves do."""
    reading = one.reading
    values = {
        name: value
        for name in ("onset", "first", "best", "best_at", "last", "confidence", "curve")
        if (value := getattr(reading, name)) is not None
    }
    return words.ui(f"verdict.{reading.labels[0]}", **{**values, **reading.values})


def _entries(runs: Iterable[RunDiagnosis], words: Catalogue) -> dict[str, Any]:
    """The words of every rule and remedy that the page names; whole where it tells of them, else the title."""
    told: set[str] = set()
    named: set[str] = set()
    for one in runs:
        told |= {x.id for x in one.found} | {x.remedy for x in one.prescriptions}
        named |= {x.id for x in (*one.likely, *one.not_checked, *one.broken)} | set(one.clear)
        named |= {id_ for found in one.found for id_ in (*found.explained_by, *found.remedies)}
        named |= {id_ for item in one.checklist for id_ in item.because}
    return {id_: _entry(id_, words, whole=id_ in told) for id_ in sorted(told | named)}


def _entry(id_: str, words: Catalogue, *, whole: bool) -> dict[str, Any]:
    """A rule or remedy as its file tells it, unfilled: sections may hold code."""
    read = words.words(id_)
    sections = read.sections if read and whole else {}
    return {
        "title": words.title(id_),
        "sections": [[name, words.heading(name), text] for name, text in sections.items() if text],
    }


def _missing(one: NotChecked, words: Catalogue) -> list[str]:
    return [_said(words, "missing", what) for what in one.missing]


def _comparison(diagnosis: Diagnosis, words: Catalogue) -> str:
    comparison = diagnosis.comparison
    if comparison is None or not comparison.refused:
        return ""
    return words.ui(f"incomparable.{comparison.refused}", **comparison.values)


def _unreadable(one: Unreadable, words: Catalogue) -> str:
    return words.ui(f"unreadable.{one.reason}", **{"source": one.source, **one.values})


def _skipped(one: Skipped, words: Catalogue) -> str:
    return words.ui(f"skipped.{one.reason}", count=one.count, where=one.where)


def _said(words: Catalogue, table: str, id_: str) -> str:
    """The words for an id, or the id itself."""
    key = f"{table}.{id_}"
    return words.ui(key) if words.has(key) else id_


def _value(words: Catalogue, value: str | float | int | bool) -> str:  # noqa: FBT001
    return value if isinstance(value, str) else words.number(value)
