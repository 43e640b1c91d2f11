"""`losscompass demo`: a real training that went wrong, its verdict and its page."""

import sys
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import click

from ..report.formats import render
from ..report.plain import plain
from ..text.catalogue import Catalogue
from ..text.language import LANGUAGES
from . import output
from .read import refuse_output
from .settings import Settings
from .wording import Complaint, Verb

PAGE = "losscompass-demo.html"
LOG = "demo_log.csv"
"""Written by `examples/digits_mlp.py`; a test trains again and compares."""


def command(words: Catalogue, settings: Settings) -> click.Command:  # noqa: ARG001 - every verb is made alike
    """The verb, its help in the user's language."""

    def demo(output: str) -> int:
        return _demo(words, output)

    return Verb(
        "demo",
        words=words,
        callback=demo,
        help=words.ui("help.demo.long"),
        epilog=words.ui("help.demo.examples"),
        params=[
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
            click.Option(
                ["--output", "-o"], metavar="FILE", default=PAGE, help=words.ui("help.demo.output", page=PAGE)
            ),
        ],
    )


def _demo(words: Catalogue, page: str) -> int:
    refuse_output(page, ())
    from ..diagnose.engine import diagnose
    from ..readers.discover import gather

    with as_file(files("losscompass.cli") / LOG) as path:
        gathered = gather([path])
    runs = tuple(replace(run, source=LOG) for run in gathered.runs)  # not the long path of this installation
    diagnosis = diagnose(replace(gathered, runs=runs))
    output.show(
        words.ui("demo.intro") + "\n\n" + render(diagnosis, "terminal", words.lang, **output.screen(sys.stdout))
    )
    try:
        output.write(Path(page), render(diagnosis, "html", words.lang))
    except OSError as error:
        raise Complaint("output-fails", file=page, why=error.strerror or str(error)) from error
    click.echo("\n" + words.ui("demo.report", file=plain(page)))
    return 0
