"""What the page is given: the public JSON, the curves to draw, and all words, filled with values, in every language."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from ..diagnose.diagnosis import Diagnosis, RunDiagnosis
from ..evidence.names import Kind
from ..text.catalogue import Catalogue
from . import verdict as say
from .data_seen import data_seen
from .json import document
from .json_value import plain_value
from .judgement import heading as heading_of
from .judgement import taken
from .layers import pack_layers
from .packed_series import ArrayStore, pack_runs
from .ranking import heading
from .unreadable import sentence


def page_data(
    diagnosis: Diagnosis,
    catalogues: Mapping[str, Catalogue],
    lang: str,
    *,
    wanted: Callable[[int, str], bool] | None = None,
) -> dict[str, Any]:
    """One JSON-able dictionary. `document`, `curves`, `inside` and `arrays` hold no words; `words` holds one table a language.

    `wanted`, for a page that is fed live: whether the curve of a run (by number) and series (by name) goes with it.
    """
    runs = sorted(diagnosis.runs, key=lambda one: -one.run.points)  # as in the document
    facts = document(diagnosis)
    facts["runs"] = facts["runs"][: len(runs)]  # what could not be read has its own list
    store = ArrayStore()
    inside = [{"layers": pack_layers(one.run, store), "data": data_seen(one.run)} for one in runs]
    needless = {room for room in ("layers", "data") if not any(one[room] for one in inside)}
    if any(sum(series.role.kind == Kind.METRIC_UP for series in one.run.series.values()) > 2 for one in runs):
        needless.discard("data")  # scores by class are of it
    if len(runs) < 2:
        needless |= {"runs", "overlay"}
    if wanted is None:
        needless.add("live")
    return {
        "lang": lang,
        "document": facts,
        "curves": pack_runs([one.run for one in runs], store, wanted or (lambda _run, _series: True)),
        "inside": inside,
        "arrays": store.packed,
        "words": {tongue: _words(diagnosis, runs, words, needless) for tongue, words in catalogues.items()},
    }


def _words(
    diagnosis: Diagnosis, runs: Sequence[RunDiagnosis], words: Catalogue, needless: Container[str]
) -> dict[str, Any]:
    page = {room: said for room, said in words.table("page").items() if room not in needless}
    return {
        "page": {
            **page,
            **{room: words.table(room) for room in ("label", "severity", "at")},
            "exhibit": _heads(runs, words),
        },
        "entries": _entries(runs, words),
        "runs": [_run(one, words) for one in runs],
        "comparison": heading(diagnosis, words),
        "unreadable": [sentence(one, words) for one in diagnosis.unreadable],
        "skipped": say.passed_over(diagnosis.skipped, words),
    }


def _heads(runs: Sequence[RunDiagnosis], words: Catalogue) -> Mapping[str, object]:
    """The words for the heads of the tables that findings show; none where no finding shows one."""
    shown = any(exhibit.kind == "table" for one in runs for found in one.found for exhibit in found.exhibits)
    return words.table("exhibit") if shown else {}


def _run(one: RunDiagnosis, words: Catalogue) -> dict[str, Any]:
    """What is said about one run; lists as long as the document's lists of the same name."""
    headline, confidence = say.headline(one, words)
    by_itself = say.by_itself(one, words)
    return {
        "headline": headline if by_itself or confidence is None else "",  # where it is not what the curve does
        "verdict": f"{by_itself} {say.verdict(one, words)}".strip(),
        "confidence": plain_value(confidence),
        "sure": "" if confidence is None else say.sureness(confidence, words),
        "next": say.next_step(one, words),
        "judgement": "" if one.judgement is None else heading_of(one.judgement, words),
        "taken": [] if one.judgement is None else taken(one.judgement, words),
        "facts": _facts(one, words),
        "found": [say.message(found, one, words) for found in one.found],
        "prescriptions": [say.advice(x, one, words) for x in one.prescriptions],
        "forecasts": [say.outlook(x, words) for x in one.forecasts if len(x.at)],
        "likely": [[_cause(x.id, words), words.ui(f"evidence.{x.settled_by}")] for x in one.likely],
        "wanted": say.wanted(one, words),
        "checklist": [
            [_said(words, "checklist.area", x.area), _said(words, "checklist.item", x.id)] for x in one.checklist
        ],
        "skipped": say.passed_over(one.run.skipped, words),
    }


def _facts(one: RunDiagnosis, words: Catalogue) -> list[list[str | bool]]:
    """Name, value, and whether it is one that people look for: those come first."""
    facts = one.run.facts.items()
    known = [(name, value) for name, value in facts if words.has(f"page.fact.{name}")]
    other = [(name, value) for name, value in facts if not words.has(f"page.fact.{name}")]
    return [
        [_said(words, "page.fact", name), value if isinstance(value, str) else words.number(value), is_known]
        for is_known, group in ((True, known), (False, other))
        for name, value in group
    ]


def _entries(runs: Iterable[RunDiagnosis], words: Catalogue) -> dict[str, Any]:
    """The words of every rule and remedy that the page names; whole where it tells of them, else the title."""
    told: set[str] = set()
    named: set[str] = set()
    for one in runs:
        told |= {x.id for x in one.found} | {x.remedy for x in one.prescriptions}
        named |= (
            {x.id for x in one.likely} | {x.id for x in one.not_checked} | {x.id for x in one.broken} | {*one.clear}
        )
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


def _cause(id_: str, words: Catalogue) -> str:
    """The name of a cause: its words as a cause where it has them (it may be a symptom, too), else its rule's title."""
    return words.ui(f"cause.{id_}") if words.has(f"cause.{id_}") else words.title(id_)


def _said(words: Catalogue, table: str, id_: str) -> str:
    """The words for an id, or the id itself."""
    key = f"{table}.{id_}"
    return words.ui(key) if words.has(key) else id_
