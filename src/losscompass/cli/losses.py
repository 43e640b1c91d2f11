"""`losscompass losses [NAME]`: the losses, one of them, or an example worked by hand."""

import json
import sys

import click

from ..text.catalogue import Catalogue
from ..text.language import LANGUAGES
from . import output
from .judge import complaint
from .settings import Settings
from .wording import Complaint, Verb


def command(words: Catalogue, settings: Settings) -> click.Command:  # noqa: ARG001 - every verb is made alike
    """The verb, its help in the user's language."""

    def losses(**told: str | float | None) -> int:
        return _losses(words, **told)  # type: ignore[arg-type]

    return Verb(
        "losses",
        words=words,
        callback=losses,
        help=words.ui("help.losses.long"),
        epilog=words.ui("help.losses.examples"),
        params=[
            click.Argument(["name"], required=False, metavar="[NAME]"),
            click.Option(["--task"], metavar=words.ui("help.metavar.task"), help=words.ui("help.losses.task")),
            click.Option(["--logits"], metavar="X,X,…", help=words.ui("help.losses.logits")),
            click.Option(["--target"], type=float, metavar="X", help=words.ui("help.losses.target")),
            click.Option(["--label-smoothing"], type=float, metavar="E", help=words.ui("help.losses.label-smoothing")),
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
            click.Option(
                ["--format"],
                type=click.Choice(("terminal", "json")),
                metavar="FORMAT",
                help=words.ui("help.losses.format"),
            ),
        ],
    )


def _losses(
    words: Catalogue,
    *,
    name: str | None,
    task: str | None,
    logits: str | None,
    target: float | None,
    label_smoothing: float | None,
    format: str | None,  # noqa: A002
) -> int:
    from ..losses.all import ALL
    from ..losses.task import Unfit, named
    from ..losses.worked import worked
    from ..report import loss_pages

    screen = output.screen(sys.stdout)
    width = min(screen["width"], 100)
    try:
        if logits is not None or target is not None:
            if logits is None or target is None:
                raise Unfit("example-needs-both")  # noqa: TRY301 - one place says all complaints
            loss = named(name or "cross-entropy")
            done = worked(loss, _numbers(logits), target, smoothing=label_smoothing or 0.0)
            text = loss_pages.example(done, loss, words, width=width)
            facts: object = loss_pages.example_facts(done, loss)
        elif name is not None:
            loss = named(name)
            text = loss_pages.page(loss, words, width=width, braille=bool(screen["braille"]))
            facts = loss_pages.facts(loss, words)
        else:
            chosen = _of_task(task)
            text = loss_pages.listing(chosen or ALL, words, width=width)
            facts = [loss_pages.facts(one, words) for one in chosen or ALL]
    except Unfit as error:
        raise complaint(error) from error
    output.show(json.dumps(facts, ensure_ascii=False, allow_nan=False, indent=2) + "\n" if format == "json" else text)
    return 0


def _of_task(task: str | None) -> tuple:  # type: ignore[type-arg]
    from ..losses.task import TASKS, Unfit, for_task

    if task is None:
        return ()
    if task not in TASKS:
        raise Unfit("no-such-task", name=task, known=", ".join(TASKS))
    return for_task(task)


def _numbers(text: str) -> list[float]:
    try:
        return [float(one) for one in text.split(",")]
    except ValueError:
        raise Complaint("judge.numbers", name="--logits") from None
