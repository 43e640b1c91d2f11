"""`losscompass choose`: which loss to take. In a terminal it asks for what is not told."""

import json
import sys
from collections.abc import Sequence

import click

from ..text.catalogue import Catalogue
from ..text.language import LANGUAGES
from . import output
from .judge import TASKS, complaint
from .settings import Settings
from .wording import Verb

FRAMEWORKS = ("torch", "keras", "jax")


def command(words: Catalogue, settings: Settings) -> click.Command:  # noqa: ARG001 - every verb is made alike
    """The verb, its help in the user's language."""

    def choose(**told: str | bool | None) -> int:
        return _choose(words, **told)  # type: ignore[arg-type]

    def text(name: str) -> str:
        return words.ui(f"help.choose.{name}", tasks=", ".join(TASKS))

    return Verb(
        "choose",
        words=words,
        callback=choose,
        help=words.ui("help.choose.long"),
        epilog=words.ui("help.choose.examples"),
        params=[
            click.Option(["--task"], metavar=words.ui("help.metavar.task"), help=text("task")),
            click.Option(["--target-type"], metavar="TYPE", help=text("target-type")),
            click.Option(["--output-layer"], metavar="OUTPUT", help=text("output-layer")),
            click.Option(["--outliers/--no-outliers"], default=None, help=text("outliers")),
            click.Option(["--imbalance/--no-imbalance"], default=None, help=text("imbalance")),
            click.Option(["--framework"], type=click.Choice(FRAMEWORKS), metavar="NAME", help=text("framework")),
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
            click.Option(["--format"], type=click.Choice(("terminal", "json")), metavar="FORMAT", help=text("format")),
        ],
    )


def _choose(
    words: Catalogue,
    *,
    task: str | None,
    target_type: str | None,
    output_layer: str | None,
    outliers: bool | None,
    imbalance: bool | None,
    framework: str | None,
    format: str | None,  # noqa: A002
) -> int:
    from ..losses.choose import OUTPUTS, TARGETS, choose
    from ..losses.task import Unfit
    from ..report import loss_pages

    asks = task is None and sys.stdin.isatty() and sys.stdout.isatty() and format != "json"
    if task is None and not asks:
        raise complaint(Unfit("choose-task", known=", ".join(TASKS)))
    if asks:
        task = _ask(words, "ask-task", TASKS)
        if target_type is None and TARGETS[task]:
            target_type = _ask(words, "ask-target-type", TARGETS[task])
        if output_layer is None and task in OUTPUTS:
            output_layer = _ask(words, "ask-output", OUTPUTS[task])
        if outliers is None and task == "regression" and target_type == "numbers":
            outliers = click.confirm(words.ui("choose.ask-outliers"), default=False)
        if imbalance is None and task in {"binary", "multiclass", "multilabel", "segmentation"}:
            imbalance = click.confirm(words.ui("choose.ask-imbalance"), default=False)
        framework = framework or _ask(words, "ask-framework", FRAMEWORKS)
    assert task is not None
    try:
        chosen = choose(
            task,
            target_type=target_type,
            output=output_layer,
            outliers=bool(outliers),
            imbalance=bool(imbalance),
            framework=framework or "torch",
        )
    except Unfit as error:
        raise complaint(error) from error
    if format == "json":
        output.show(json.dumps(loss_pages.choice_facts(chosen), ensure_ascii=False, indent=2) + "\n")
    else:
        output.show(loss_pages.choice(chosen, words, width=min(output.screen(sys.stdout)["width"], 100)))
    return 0


def _ask(words: Catalogue, question: str, answers: Sequence[str]) -> str:
    """One of the answers; the first where only Enter is pressed."""
    answer: str = click.prompt(
        words.ui(f"choose.{question}"), type=click.Choice(list(answers)), default=answers[0], show_choices=True
    )
    return answer
