"""Annotations of a workflow: a line a finding, which the pages of a pull request show where the log is.

A line that begins with "::" is a command to the runner, and "##[" is one anywhere in a line, so nothing from a log may bring
either: values are escaped as the runner expects, and every other line begins with our own letters.
"""

from ..diagnose.diagnosis import Diagnosis, Found, RunDiagnosis
from ..text.catalogue import Catalogue
from . import verdict as say
from .plain import plain
from .unreadable import sentence

_COMMAND = {"critical": "error", "warning": "warning", "note": "notice"}


def render(diagnosis: Diagnosis, catalogue: Catalogue) -> str:
    """An annotation for every finding and every unreadable input, then a line a run with its verdict, then the count."""
    lines = [_annotation(found, one, catalogue) for one in diagnosis.runs for found in one.found]
    failures = (sentence(unreadable, catalogue) for unreadable in diagnosis.unreadable)
    lines += [f"::error title=losscompass::{_data(failure)}" for failure in failures]
    lines += [
        f"- {_text(say.name(one))}: {_text(say.title(one, catalogue))}. {_text(say.verdict(one, catalogue))}"
        for one in diagnosis.runs
    ]
    count = sum(len(one.found) for one in diagnosis.runs)
    lines.append(catalogue.ui("github.summary", count=count, runs=len(diagnosis.runs)))
    return "\n".join(lines) + "\n"


def _annotation(found: Found, one: RunDiagnosis, catalogue: Catalogue) -> str:
    file, line = found.location or (one.run.source, None)
    place = f"file={_property(file)}" + (f",line={line}" if line is not None else "")
    severity = str(found.severity)
    title = f"{catalogue.title(found.id)} ({say.gravity(found, one, catalogue)})"
    return f"::{_COMMAND[severity]} {place},title={_property(title)}::{_data(say.message(found, one, catalogue))}"


def _text(text: str) -> str:
    return plain(text).replace("##[", "## [")


def _data(text: str) -> str:
    return _text(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
