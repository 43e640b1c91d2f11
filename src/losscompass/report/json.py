"""The public JSON: ids and numbers, no words, the same in every language. `docs/json.md` describes it.

JSON has no NaN and no infinity, and a diagnosis must not lose them: they are written as the strings "NaN", "Infinity" and
"-Infinity" (as protobuf's JSON does), so the output is valid JSON always.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from .. import __version__
from ..diagnose.diagnosis import Comparison, Diagnosis, Forecast, Found, RunDiagnosis
from ..evidence.gathered import Unreadable
from ..evidence.records import Skipped
from ..evidence.run import Run
from ..text.catalogue import Catalogue
from .json_value import plain_value as _plain
from .judgement import document as judgement

_HOSTILE = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Characters that JSON may hold bare, but that steer a terminal, a bidirectional text or a naive line reader."""


def render(diagnosis: Diagnosis, catalogue: Catalogue | None = None) -> str:  # noqa: ARG001 - every format is called alike
    """The diagnosis as JSON text that ends with a line feed."""
    text = json.dumps(document(diagnosis), ensure_ascii=False, allow_nan=False, indent=2)
    return _HOSTILE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as dictionaries and lists; runs with the most logged points first, unreadable inputs last."""
    runs = sorted(diagnosis.runs, key=lambda one: -one.run.points)
    place = {id(one): index for index, one in enumerate(runs)}
    return {
        "schema": diagnosis.schema,
        "losscompass": __version__,
        "runs": [_run(one) for one in runs] + [_no_run(one) for one in diagnosis.unreadable],
        "comparison": _comparison(diagnosis.comparison, [place[id(one)] for one in diagnosis.runs]),
        "unreadable": [
            {"source": u.source, "reason": u.reason, "values": _plain(u.values)} for u in diagnosis.unreadable
        ],
        "skipped": _skipped(diagnosis.skipped),
    }


def _run(one: RunDiagnosis) -> dict[str, Any]:
    reading = one.reading
    return {
        "source": one.run.source,
        "name": one.run.name,
        "points": one.run.points,
        "facts": _plain(one.run.facts),
        "series": _series(one.run),
        "reading": {
            "labels": list(reading.labels),
            "confidence": _plain(reading.confidence),
            "onset": _plain(reading.onset),
            "axis": reading.axis,
            "curve": reading.curve,
            "first": _plain(reading.first),
            "best": _plain(reading.best),
            "best_at": _plain(reading.best_at),
            "last": _plain(reading.last),
            "values": _plain(reading.values),
        },
        "found": [_found(found) for found in one.found],
        "likely": [{"id": x.id, "confidence": _plain(x.confidence), "settled_by": x.settled_by} for x in one.likely],
        "not_checked": [{"id": x.id, "missing": list(x.missing)} for x in one.not_checked],
        "clear": list(one.clear),
        "broken": [{"id": x.id, "error": x.error} for x in one.broken],
        "prescriptions": [
            {
                "remedy": x.remedy,
                "stage": x.stage,
                "risk": x.risk,
                "answers": list(x.answers),
                "parameters": _plain(x.parameters),
            }
            for x in one.prescriptions
        ],
        "forecast": {forecast.series: _forecast(forecast) for forecast in one.forecasts},
        "checklist": [
            {"area": x.area, "id": x.id, "state": x.state, "because": list(x.because)} for x in one.checklist
        ],
        "inferred": _plain(one.inferred),
        "judgement": None if one.judgement is None else judgement(one.judgement),
        "skipped": _skipped(one.run.skipped),
    }


def _no_run(unreadable: Unreadable) -> dict[str, Any]:
    """An input that gave no run has the form of a run, so that whoever asks each path for its label gets one."""
    reading = {"labels": ["not-a-training-log"], "confidence": 1.0, "onset": None, "axis": "step", "curve": None}
    reading |= {"first": None, "best": None, "best_at": None, "last": None, "values": {"reason": unreadable.reason}}
    lists = ("series", "found", "likely", "not_checked", "clear", "broken", "prescriptions", "checklist", "skipped")
    run = {"source": unreadable.source, "name": "", "points": 0, "facts": {}, "reading": reading}
    return run | {name: [] for name in lists} | {"forecast": {}, "inferred": {}, "judgement": None}


def _series(run: Run) -> list[dict[str, Any]]:
    headline = {name: phase for phase, name in run.curves.items()}
    return [
        {
            "name": series.name,
            "raw": series.raw,
            "phase": str(series.role.phase),
            "kind": str(series.role.kind),
            "axis": series.axis,
            "points": len(series),
            "derived": series.derived,
            "headline": headline.get(series.name),
        }
        for series in run.series.values()
    ]


def _found(found: Found) -> dict[str, Any]:
    return {
        "id": found.id,
        "kind": found.kind,
        "category": found.category,
        "severity": str(found.severity),
        "confidence": _plain(found.confidence),
        "onset": _plain(found.onset),
        "values": _plain(found.values),
        "exhibits": [
            {"kind": x.kind, "series": x.series, "steps": _plain(x.steps), "marks": _plain(x.marks)}
            | ({"columns": list(x.columns), "rows": _plain(x.rows)} if x.kind == "table" else {})
            for x in found.exhibits
        ],
        "location": None if found.location is None else {"file": found.location[0], "line": found.location[1]},
        "code": found.code,
        "change": None
        if found.change is None
        else {
            "file": found.change.place.file,
            "line": found.change.place.line,
            "before": found.change.before,
            "after": found.change.after,
        },
        "explained_by": list(found.explained_by),
        "remedies": list(found.remedies),
    }


def _forecast(forecast: Forecast) -> dict[str, Any]:
    return {
        "axis": forecast.axis,
        "at": _plain(forecast.at),
        "median": _plain(forecast.median),
        "low": _plain(forecast.low),
        "high": _plain(forecast.high),
        "limit": _plain(forecast.limit),
        "limit_interval": _plain(forecast.limit_interval),
        "gain": _plain(forecast.gain),
        "horizon": _plain(forecast.horizon),
    }


def _comparison(comparison: Comparison | None, place: list[int]) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "ranked": [place[index] for index in comparison.ranked],
        "on": comparison.on,
        "refused": comparison.refused,
        "values": _plain(comparison.values),
    }


def _skipped(skipped: Iterable[Skipped]) -> list[dict[str, Any]]:
    return [{"reason": x.reason, "count": x.count, "where": x.where} for x in skipped]
