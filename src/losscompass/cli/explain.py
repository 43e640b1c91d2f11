"""`losscompass explain [ID]`: the words of a finding or a remedy."""

import sys

import click

from ..text.catalogue import Catalogue
from ..text.language import LANGUAGES
from . import output
from .settings import Settings
from .wording import Complaint, Verb, close


def command(words: Catalogue, settings: Settings) -> click.Command:  # noqa: ARG001 - every verb is made alike
    """The verb, its help in the user's language."""

    def explain(id: str | None) -> int:  # noqa: A002 - click passes the argument by this name
        from ..report.explanation import explanation, overview

        screen = output.screen(sys.stdout)
        width, colour = min(screen["width"], 100), bool(screen["colour"])
        if id is None:
            output.show(overview(words, width=width, colour=colour))
            return 0
        known = id.strip().lower().replace("_", "-")
        if words.words(known) is None:
            raise Complaint("no-such-words", name=id, close=close(known, words.paths, words))
        output.show(explanation(known, words, width=width, colour=colour))
        return 0

    return Verb(
        "explain",
        words=words,
        callback=explain,
        help=words.ui("help.explain.long"),
        epilog=words.ui("help.explain.examples"),
        params=[
            click.Argument(["id"], required=False, metavar="[ID]"),
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
        ],
    )
