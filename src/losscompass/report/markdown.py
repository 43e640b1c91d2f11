"""The verdict as GitHub-flavoured Markdown: for a pull request, a job's summary, an issue.

Whatever comes from a log is escaped: it can neither make markup nor links nor call anybody.
"""

import re
from collections.abc import Sequence

from ..diagnose.diagnosis import Diagnosis, Found, RunDiagnosis
from ..text.catalogue import Catalogue
from . import code, exhibits, ranking
from . import verdict as say
from .figures import first_best_last
from .plain import plain
from .unreadable import sentence

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&@]|(?<=https):|(?<=http):|(?<=ftp):|(?<=www)\.|(?<=mailto):)", re.IGNORECASE)
_MARK = {"critical": "❌", "warning": "⚠️", "note": "💡"}


def render(diagnosis: Diagnosis, catalogue: Catalogue) -> str:
    """The whole diagnosis; several runs begin with a table that ranks them or says why not."""
    blocks: list[str] = []
    if len(diagnosis.runs) > 1:
        blocks += [f"## {escape(ranking.heading(diagnosis, catalogue))}", _ranking(diagnosis, catalogue)]
    for one in diagnosis.runs:
        blocks += _run(one, catalogue)
    if diagnosis.unreadable:
        blocks.append(_section("heading.unreadable", catalogue))
        blocks.append(_list([sentence(one, catalogue) for one in diagnosis.unreadable]))
    if skipped := say.passed_over(diagnosis.skipped, catalogue):
        blocks += [_section("heading.skipped-files", catalogue), _list(skipped)]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Plain text that Markdown shows as it is."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", plain(text))


def _run(one: RunDiagnosis, catalogue: Catalogue) -> list[str]:
    title, confidence = say.headline(one, catalogue)
    head = f"**{escape(title)}**"
    if confidence is not None:
        head += f" ({escape(say.sureness(confidence, catalogue))})"
    said = (
        say.by_itself(one, catalogue),
        say.verdict(one, catalogue),
        say.beside(one.reading, catalogue),
        say.next_step(one, catalogue),
    )
    blocks = [f"## {escape(say.name(one))}", "  \n".join([head, *(escape(text) for text in said if text)])]
    if curves := _curves(one, catalogue):
        blocks.append(curves)
    if one.found:
        blocks += [
            _section("heading.found", catalogue),
            "\n".join(_finding(one, place, catalogue) for place in range(len(one.found))),
        ]
    if one.prescriptions:
        steps = (f"{number}. {escape(say.advice(x, one, catalogue))}" for number, x in enumerate(one.prescriptions, 1))
        blocks += [_section("heading.remedies", catalogue), "\n".join(steps)]
    parts = {
        "heading.forecast": [say.outlook(forecast, catalogue) for forecast in one.forecasts if len(forecast.at)],
        "heading.likely": [say.suspicion(likely, catalogue) for likely in one.likely],
        "heading.not-checked": say.wishes(one, catalogue),
        "heading.skipped": say.passed_over(one.run.skipped, catalogue),
    }
    for heading, lines in parts.items():
        if lines:
            blocks += [_section(heading, catalogue), _list(lines)]
        if lines and heading == "heading.likely":
            blocks.append(escape(catalogue.ui("likely.basis")))
    return blocks


def _finding(one: RunDiagnosis, place: int, catalogue: Catalogue) -> str:
    found = one.found[place]
    head = f"{_MARK[str(found.severity)]} **{escape(catalogue.title(found.id))}** ({escape(say.gravity(found, one, catalogue))})"
    tables = "".join(
        f"\n\n{_indented(_table(*exhibits.rows(one_table, catalogue)))}\n" for one_table in exhibits.tables(found)
    )
    return f"- {head}  \n  {escape(say.message(found, one, catalogue))}{_code(found)}{tables}"


def _indented(table: str) -> str:
    return "\n".join("  " + line for line in table.splitlines())


def _code(found: Found) -> str:
    """The user's line and its change as a block of code, fenced by more back-ticks than it holds."""
    lines = code.lines(found)
    if not lines:
        return ""
    text = [(f"{mark or ' '} {line}" if found.change is not None else line) for mark, line in lines]
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", "\n".join(text))), default=0))
    language = "diff" if found.change is not None else "python"
    place = code.changed_elsewhere(found) or code.where(found)
    return "\n".join(
        ["", "", f"  {escape(place)}", "", f"  {fence}{language}", *(f"  {one}" for one in text), f"  {fence}"]
    )


def _curves(one: RunDiagnosis, catalogue: Catalogue) -> str:
    shown = say.headlines(one.run)
    rows = [(series.name, *first_best_last(series, catalogue)) for series in shown]
    return _table([catalogue.ui(f"column.{x}") for x in ("curve", "first", "best", "last")], rows) if rows else ""


def _ranking(diagnosis: Diagnosis, catalogue: Catalogue) -> str:
    return _table(*ranking.rows(diagnosis, catalogue))


def _table(head: list[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else escape(cell) for cell in line) + " |" for line in lines
    )


def _section(key: str, catalogue: Catalogue) -> str:
    return f"### {escape(catalogue.ui(key))}"


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)
