"""`losscompass judge VALUE`: where the value of a loss stands."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..text.catalogue import Catalogue
from ..text.language import LANGUAGES
from . import output
from .output import screen as output_screen
from .read import refuse_output
from .settings import Settings
from .wording import Complaint, Verb

if TYPE_CHECKING:
    import numpy as np

    from ..losses.base import Setting

FORMATS = ("terminal", "json", "html")
TASKS = (
    "binary",
    "multiclass",
    "multilabel",
    "regression",
    "segmentation",
    "detection",
    "embedding",
    "language-model",
    "generative",
    "rl",
)
"""As in `losses.task.TASKS`, which is not loaded for the help; a test compares."""


def command(words: Catalogue, settings: Settings) -> click.Command:  # noqa: ARG001 - every verb is made alike
    """The verb, its help in the user's language."""

    def judge(value: str, **told: str | float | tuple[str, ...] | None) -> int:
        return _judge(words, value, **told)  # type: ignore[arg-type]

    def option(name: str, metavar: str | None = None, *also: str, **more: object) -> click.Option:
        text = words.ui(f"help.judge.{name}", tasks=", ".join(TASKS))
        return click.Option([f"--{name}", *also], metavar=metavar, help=text, **more)  # type: ignore[arg-type]

    return Verb(
        "judge",
        words=words,
        callback=judge,
        help=words.ui("help.judge.long"),
        epilog=words.ui("help.judge.examples"),
        context_settings={"max_content_width": 100, "ignore_unknown_options": True},  # a value may be negative
        params=[
            click.Argument(["value"], metavar="VALUE"),
            option("loss", "NAME"),
            option("task", words.ui("help.metavar.task")),
            option("classes", "N", type=int),
            option("priors", "P,P,…"),
            option("data", "FILE", "--target-file"),
            option("column", "NAME"),
            option("weights", "W,W,…"),
            option("positive-weight", "W", type=float),
            option("label-smoothing", "E", type=float),
            option("reduction", "mean|sum", type=click.Choice(("mean", "sum"))),
            option("count", "N", type=int),
            option("unit", "UNIT"),
            option("mean", "M", type=float),
            option("std", "S", type=float),
            option("noise", "V", type=float),
            option("parameter", "NAME=X", multiple=True),
            option("metric", "NAME=X", multiple=True),
            option("target", "[NAME=]X"),
            click.Option(["--lang"], type=click.Choice(LANGUAGES), help=words.ui("help.lang"), expose_value=False),
            option("format", "FORMAT", type=click.Choice(FORMATS)),
            click.Option(["--output", "-o"], metavar="FILE", help=words.ui("help.output")),
        ],
    )


def _judge(
    words: Catalogue,
    value: str,
    *,
    loss: str | None,
    task: str | None,
    data: str | None,
    column: str | None,
    unit: str | None,
    metric: tuple[str, ...],
    target: str | None,
    format: str | None,  # noqa: A002
    output: str | None,
    **known: str | float | tuple[str, ...] | None,
) -> int:
    if value.startswith("--"):
        raise Complaint("no-such-option", name=value.split("=", maxsplit=1)[0], close="")
    number = _number(value)
    refuse_output(output, [data] if data else [])
    from ..losses.judge import judge
    from ..losses.task import Unfit
    from ..report.judgement import render

    try:
        setting, inferred = _setting(known)
        if data is not None and (Path(data).suffix.lower() in STORED or Path(data).is_dir()):
            setting, name = _stored(setting, data, column, loss, task, float(known["noise"] or 0))  # type: ignore[arg-type]
            inferred = {"column": name} if column is None else {}
        elif data is not None:
            from ..losses.targets_file import with_file

            setting, name = with_file(setting, data, column, loss, task, float(known["noise"] or 0))  # type: ignore[arg-type]
            inferred = {"column": name} if name and column is None else {}
        if known["weights"] == "balanced":
            setting = replace(setting, weights=_balanced(setting))
        judged = judge(
            number,
            loss,
            task=task,
            setting=setting,
            unit=unit or "",
            target=_goal(target),
            metrics=_pairs("--metric", metric, "recall=0.7"),
        )
        judged = replace(judged, inferred={**inferred, **judged.inferred})
    except Unfit as error:
        raise complaint(error) from error
    form = format or _form(output)
    layout = output_screen(sys.stdout) if form == "terminal" else {}
    text = render(judged, form, words, **layout)  # type: ignore[arg-type]
    _deliver(text, form, output, words)
    return 0


STORED = frozenset((".parquet", ".arrow", ".feather", ".ipc", ".npz"))
"""What only the audit's readers can open (extra `data`); text and NPY files need nothing."""


def _stored(
    setting: "Setting", path: str, column: str | None, loss: str | None, task: str | None, noise: float
) -> tuple["Setting", str]:
    """The setting with what the targets of a stored data set say, and the name of their column."""
    from ..data.errors import DataError
    from ..data.target_file import targets_of
    from ..losses.targets_file import with_targets

    try:
        name, values = targets_of(path, column)
    except DataError as error:
        raise Complaint(f"data.{error.key}", **error.values) from error
    return with_targets(setting, values, loss, task, noise), name


def complaint(error: ValueError) -> Complaint:
    """An `Unfit` as a sentence for the user."""
    return Complaint(f"judge.{error.key}", **error.values)  # type: ignore[attr-defined]


def _setting(known: Mapping[str, object]) -> tuple["Setting", dict[str, str | float | int]]:
    """What was told in options, and what had to be taken for granted to use it."""
    import numpy as np

    from ..losses.base import Setting

    inferred: dict[str, str | float | int] = {}
    told: dict[str, object] = {}
    if known["priors"]:
        told["priors"] = np.array(_list("--priors", str(known["priors"])))
    if known["weights"] and known["weights"] != "balanced":
        told["weights"] = np.array(_list("--weights", str(known["weights"])))
    for option, name in {"classes": "classes", "count": "count", "reduction": "reduction"}.items():
        if known[option] is not None:
            told[name] = known[option]
    for option, name in {"positive_weight": "positive_weight", "label_smoothing": "smoothing"}.items():
        if known[option] is not None:
            told[name] = known[option]
    if known["std"] is not None or known["mean"] is not None:
        from ..losses.targets import normal_target

        mean, std, noise = (known[name] for name in ("mean", "std", "noise"))
        told["target"] = normal_target(
            float(mean or 0.0),  # type: ignore[arg-type]
            1.0 if std is None else float(std),  # type: ignore[arg-type]
            float(noise or 0.0),  # type: ignore[arg-type]
        )
        inferred["target-spread"] = "normal"
    told["parameters"] = _pairs("--parameter", known["parameter"], "margin=0.2")  # type: ignore[arg-type]
    return Setting(**told), inferred  # type: ignore[arg-type]


def _balanced(setting: "Setting") -> "np.ndarray":
    from ..losses.task import Unfit

    if setting.priors is None or setting.priors.size < 2 or not (setting.priors > 0).all():
        raise Unfit("weights-need-priors")
    return 1 / (setting.priors * setting.priors.size)


def _number(text: str) -> float:
    try:
        return float(text.replace("−", "-").replace("_", "x"))
    except ValueError:
        raise Complaint("judge.value-text", text=text) from None


def _list(name: str, text: str) -> list[float]:
    try:
        return [float(one) for one in text.split(",")]
    except ValueError:
        raise Complaint("judge.numbers", name=name) from None


def _pairs(name: str, texts: tuple[str, ...], example: str) -> dict[str, float]:
    pairs = {}
    for text in texts:
        key, _, value = text.rpartition("=")
        try:
            pairs[key.strip()] = float(value)
        except ValueError:
            raise Complaint("judge.pair", name=name, example=example) from None
        if not key.strip():
            raise Complaint("judge.pair", name=name, example=example)
    return pairs


def _goal(text: str | None) -> tuple[str, float] | None:
    if text is None:
        return None
    name, _, value = text.rpartition("=")
    try:
        goal = float(value)
    except ValueError:
        goal = float("nan")
    if goal != goal:  # noqa: PLR0124 - NaN is no goal
        raise Complaint("judge.goal")
    return name.strip() or "loss", goal


def _form(file: str | None) -> str:
    form = output.SUFFIXES.get(Path(file or "").suffix.lower(), "terminal")
    return form if form in FORMATS else "terminal"


def _deliver(text: str, form: str, file: str | None, words: Catalogue) -> None:
    if form == "html" and file is None and sys.stdout.isatty():
        raise Complaint("html-needs-output")
    if file is None or file == "-":
        output.show(text)
        return
    try:
        output.write(Path(file), text)
    except OSError as error:
        raise Complaint("output-fails", file=file, why=error.strerror or str(error)) from error
    click.echo(words.ui("read.written", file=file), err=True)
