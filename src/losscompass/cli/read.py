"""`losscompass read PATH…`: any training log to a verdict."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from ..report.formats import FORMATS, render
from ..report.plain import plain
from ..text.catalogue import Catalogue
from ..text.language import LANGUAGES
from . import output
from .progress import Progress
from .settings import Settings
from .wording import Complaint, Verb, close

if TYPE_CHECKING:
    from ..diagnose.diagnosis import Diagnosis
    from ..diagnose.options import Options

FAIL_ON = ("note", "warning", "critical", "never")


def command(words: Catalogue, settings: Settings) -> click.Command:
    """The verb, its help in the user's language."""

    def read(paths: tuple[str, ...], **told: str | int | tuple[str, ...] | None) -> int:
        return _read(words, settings, paths, **told)  # type: ignore[arg-type]

    return Verb(
        "read",
        words=words,
        callback=read,
        help=words.ui("help.read.long"),
        epilog=words.ui("help.read.examples"),
        params=[
            click.Argument(["paths"], nargs=-1, required=True, metavar="PATH..."),
            *shared(words),
            fail_on(words.ui("help.fail-on"), default="warning"),
            *judging(words),
        ],
    )


def fail_on(meaning: str, default: str) -> click.Option:
    """From which severity on a finding is a failure."""
    return click.Option(["--fail-on"], type=click.Choice(FAIL_ON), default=default, metavar="LEVEL", help=meaning)


def judging(words: Catalogue) -> list[click.Parameter]:
    """The options of every verb that judges runs: what to look for, what the run does not tell, how much to say."""
    return [
        click.Option(["--verbose", "-v"], is_flag=True, help=words.ui("help.verbose")),
        click.Option(["--task"], metavar=words.ui("help.metavar.task"), help=words.ui("help.task")),
        click.Option(
            ["--classes"], type=click.IntRange(min=2, clamp=False), metavar="N", help=words.ui("help.classes")
        ),
        click.Option(["--priors"], metavar="P,P,…", help=words.ui("help.priors")),
        click.Option(["--target"], metavar=words.ui("help.metavar.target"), help=words.ui("help.target")),
        click.Option(["--select"], multiple=True, metavar="ID", help=words.ui("help.select")),
        click.Option(["--ignore"], multiple=True, metavar="ID", help=words.ui("help.ignore")),
    ]


def shared(words: Catalogue) -> list[click.Parameter]:
    """The options of every verb that shows a diagnosis."""
    return [
        click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
        click.Option(["--format"], type=click.Choice(FORMATS), metavar="FORMAT", help=words.ui("help.format")),
        click.Option(["--output", "-o"], metavar="FILE", help=words.ui("help.output")),
    ]


def _read(  # one flat function: the composition of the verb
    words: Catalogue,
    settings: Settings,
    paths: tuple[str, ...],
    *,
    format: str | None,  # noqa: A002
    output: str | None,
    fail_on: str,
    verbose: bool,
    task: str | None,
    classes: int | None,
    priors: str | None,
    target: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> int:
    form = chosen_format(format, output)
    options = options_of(
        words, settings, task=task, classes=classes, priors=priors, target=target, select=select, ignore=ignore
    )
    refuse_output(output, paths)
    from ..api import read

    with Progress(words, sys.stderr) as progress:
        report = read(paths, options, progress=progress)
    deliver(report, words, form, output, verbose=verbose)
    if not report.runs:
        return 2
    return int(worst(report) >= FAIL_ON.index(fail_on))


def worst(report: "Diagnosis") -> int:
    """The place in `FAIL_ON` of the worst finding; -1 where nothing was found. A broken rule is a finding to no one."""
    return max((FAIL_ON.index(str(found.severity)) for one in report.runs for found in one.found), default=-1)


def chosen_format(format: str | None, file: str | None) -> str:  # noqa: A002
    """`--format`, else what the output's name asks for, else the terminal's."""
    return format or output.SUFFIXES.get(Path(file or "").suffix.lower(), "terminal")


def refuse_output(file: str | None, paths: Sequence[str]) -> None:
    """Complain about an output that cannot be written, before the reading, which may take a while."""
    if file is None or file == "-":
        return
    target = Path(file)
    if target.is_dir():
        raise Complaint("output-folder", file=file)
    if not target.resolve().parent.is_dir():
        raise Complaint("output-nowhere", file=file)
    if any(target.exists() and Path(path).exists() and target.samefile(path) for path in paths):
        raise Complaint("output-is-input", file=file)


def deliver(
    report: "Diagnosis",
    words: Catalogue,
    form: str,
    file: str | None,
    *,
    verbose: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Render, and write to the file or to standard output (or another stream). A page is not thrown at a screen."""
    stream = sys.stdout if stream is None else stream
    to_screen = file is None or file == "-"
    if form == "html" and file is None and stream.isatty():
        raise Complaint("html-needs-output")
    layout: dict[str, int | bool] = {"verbose": verbose} if form == "terminal" else {}
    if form == "terminal" and to_screen:
        layout |= output.screen(stream)
    text = render(report, form, words.lang, **layout)
    if form == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as page:
            page.write(render(report, "markdown", words.lang))
    if to_screen:
        output.show(text, stream)
    else:
        assert file is not None
        try:
            output.write(Path(file), text)
        except OSError as error:
            raise Complaint("output-fails", file=file, why=error.strerror or str(error)) from error
        click.echo(words.ui("read.written", file=plain(file)), err=True)
    if not report.runs and (form != "terminal" or not to_screen):
        from ..report.unreadable import sentence

        for unreadable in report.unreadable:
            click.echo(words.ui("error.prefix", sentence=sentence(unreadable, words)), err=True)


def options_of(
    words: Catalogue,
    settings: Settings,
    *,
    task: str | None,
    classes: int | None,
    priors: str | None,
    target: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> "Options":
    """What was told on the command line, where nothing was told in the project's settings."""
    from ..diagnose.options import Options

    try:
        shares = tuple(float(share) for share in priors.split(",")) if priors else ()
    except ValueError:
        raise Complaint("priors") from None
    if not all(0 < share < float("inf") for share in shares):
        raise Complaint("priors")
    return Options(
        task=task,
        classes=classes,
        priors=shares,
        target=_target(target),
        select=known_rules(words, select) or settings.select,
        ignore=known_rules(words, ignore) or settings.ignore,
    )


def _target(text: str | None) -> tuple[str, float] | None:
    """A goal as it is typed: "val/accuracy=0.9" is ("val/accuracy", 0.9)."""
    if text is None:
        return None
    name, _, value = text.rpartition("=")
    try:
        goal = float(value)
    except ValueError:
        goal = float("nan")
    if not name.strip() or goal != goal:  # noqa: PLR0124 - NaN is no goal
        raise Complaint("target", text=text)
    return name.strip(), goal


def known_rules(words: Catalogue, wishes: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of rules and of their categories that were asked for, several to an option if comma-separated."""
    from ..rules.all import ALL, CATEGORY

    known = {rule.id for rule in ALL} | set(CATEGORY.values())
    ids = tuple(one.strip() for wish in wishes for one in wish.split(",") if one.strip())
    for one in ids:
        if one not in known:
            raise Complaint("no-such-rule", name=one, close=close(one, known, words))
    return ids
