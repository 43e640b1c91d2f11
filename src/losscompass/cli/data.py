"""`losscompass data TRAIN`: the audit of a data set."""

from typing import TYPE_CHECKING

import click

from ..text.catalogue import Catalogue
from .read import FAIL_ON, chosen_format, deliver, known_rules, refuse_output, shared, worst
from .settings import Settings
from .wording import Complaint, Verb

if TYPE_CHECKING:
    from ..data.errors import DataError

TASKS = ("binary", "multiclass", "regression")


def command(words: Catalogue, settings: Settings) -> click.Command:
    """The verb, its help in the user's language."""

    def data(train: str, **told: str | tuple[str, ...] | None) -> int:
        return _data(words, settings, train, **told)  # type: ignore[arg-type]

    def option(name: str, **more: object) -> click.Option:
        more.setdefault("metavar", words.ui("help.metavar.column"))
        return click.Option([f"--{name}"], help=words.ui(f"help.data.{name}"), **more)  # type: ignore[arg-type]

    return Verb(
        "data",
        words=words,
        callback=data,
        help=words.ui("help.data.long"),
        epilog=words.ui("help.data.examples"),
        params=[
            click.Argument(["train"], metavar="TRAIN"),
            option("validation", metavar="PATH"),
            option("target"),
            option("group"),
            option("time"),
            option("task", metavar=words.ui("help.metavar.task")),
            *shared(words),
            click.Option(
                ["--fail-on"],
                type=click.Choice(FAIL_ON),
                default="warning",
                metavar="LEVEL",
                help=words.ui("help.fail-on"),
            ),
            click.Option(["--verbose", "-v"], is_flag=True, help=words.ui("help.data.verbose")),
            click.Option(["--select"], multiple=True, metavar="ID", help=words.ui("help.select")),
            click.Option(["--ignore"], multiple=True, metavar="ID", help=words.ui("help.ignore")),
        ],
    )


def _data(
    words: Catalogue,
    settings: Settings,
    train: str,
    *,
    validation: str | None,
    target: str | None,
    group: str | None,
    time: str | None,
    task: str | None,
    format: str | None,  # noqa: A002
    output: str | None,
    fail_on: str,
    verbose: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> int:
    if task is not None and task not in TASKS:
        raise Complaint("data.task")
    form = chosen_format(format, output)
    refuse_output(output, [path for path in (train, validation) if path])
    from ..api import audit
    from ..data.errors import DataError
    from ..diagnose.options import Options

    options = Options(
        select=known_rules(words, select) or settings.select, ignore=known_rules(words, ignore) or settings.ignore
    )
    try:
        report = audit(train, validation, target=target, group=group, time=time, task=task, options=options)
    except DataError as error:
        raise complaint(error) from error
    deliver(report, words, form, output, verbose=verbose)
    return int(worst(report) >= FAIL_ON.index(fail_on))


def complaint(error: "DataError") -> Complaint:
    """A `DataError` as a sentence for the user."""
    return Complaint(f"data.{error.key}", **error.values)
