"""The list of losses, the page of one, an example worked by hand, and a recommended loss, on a terminal or as JSON."""

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from ..losses.base import Loss, Operand, Setting
from ..losses.choose import Choice
from ..losses.worked import Worked
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad
from .explanation import markdown_lines
from .json_value import plain_value
from .plain import plain

PICTURE_POINTS = 57
PICTURE_ROWS = 8

EXAMPLE = {
    "binary": Setting(classes=2, priors=np.array([0.1])),
    "multiclass": Setting(classes=10, priors=np.full(10, 0.1)),
    "language-model": Setting(classes=50257),
}


# -- the list --------------------------------------------------------------------------------------------------------------


def listing(losses: Iterable[Loss], words: Catalogue, *, width: int = 80) -> str:
    """Every loss, a line each, under the heading of its family."""
    losses = list(losses)
    lines = [words.ui("losses.heading", count=len(losses)), ""]
    column = max(cells(loss.id) for loss in losses) + 2
    for family in dict.fromkeys(loss.family for loss in losses):
        lines.append(words.ui(f"losses.family.{family}"))
        for loss in losses:
            if loss.family == family:
                first, *more = fold(words.title(loss.id), width - column - 2)
                lines.append("  " + pad(loss.id, column) + first)
                lines += [" " * (column + 2) + line for line in more]
        lines.append("")
    lines += fold(words.ui("losses.usage"), width)
    return "\n".join(lines) + "\n"


def facts(loss: Loss, words: Catalogue) -> dict[str, Any]:
    """A loss as JSON: what does not depend on the data."""
    return {
        "id": loss.id,
        "title": words.title(loss.id),
        "family": loss.family,
        "tasks": list(loss.tasks),
        "aliases": list(loss.aliases),
        "formula": loss.formula,
        "contract": {
            "prediction": _operand_facts(loss.contract.prediction),
            "target": _operand_facts(loss.contract.target),
            "silent": list(loss.contract.silent),
        },
        "parameters": [
            {"name": x.name, "default": x.default, "low": plain_value(x.low), "high": plain_value(x.high)}
            for x in loss.parameters
        ],
        "direction": loss.direction,
        "smooth": loss.smooth,
        "corners": loss.corners,
        "outliers": loss.outliers,
        "imbalance": loss.imbalance,
        "implementation": loss.implementation,
        "code": loss.code,
        "metrics": list(loss.metrics),
    }


def _operand_facts(operand: Operand) -> dict[str, str]:
    return {"kind": operand.kind, "shape": operand.shape, "dtype": operand.dtype, "range": operand.range}


# -- one loss --------------------------------------------------------------------------------------------------------------


def page(loss: Loss, words: Catalogue, *, width: int = 80, braille: bool = True) -> str:
    """Everything that is known of a loss."""
    lines = [f"{words.title(loss.id)}  ({loss.id})", ""]
    written = words.words(loss.id)
    if written is not None and written.message:
        lines += [*fold(written.message, width), ""]
    lines += _block(words.ui("losses.formula"), [loss.formula], width)
    if loss.aliases:
        lines += _block(words.ui("losses.aliases"), [", ".join(loss.aliases)], width)
    lines += _block(words.ui("losses.tasks"), [", ".join(loss.tasks)], width)
    lines += _block(words.ui("losses.contract"), _contract(loss, words), width)
    lines += _block(words.ui("losses.readings"), _readings(loss, words), width)
    if picture := _picture(loss, words, braille=braille):
        lines += [*picture, ""]
    lines += _block(words.ui("losses.traits"), _traits(loss, words), width)
    if loss.parameters:
        named = [words.ui("losses.parameter", name=one.name, default=one.default) for one in loss.parameters]
        lines += _block(words.ui("losses.parameters"), named, width)
    for name, text in (written.sections if written is not None else {}).items():
        if text:
            lines += [words.heading(name), *(line.plain for line in markdown_lines(text, width)), ""]
    lines += [words.ui("losses.code"), *(f"    {line}" for line in loss.code.splitlines())]
    lines += [*_wrapped([words.ui("losses.implementation", name=loss.implementation)], width)]
    if loss.metrics:
        lines += ["", *fold(words.ui("losses.metrics", names=", ".join(loss.metrics)), width)]
    lines += fold(words.ui("losses.no-loss-metrics"), width)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _contract(loss: Loss, words: Catalogue) -> list[str]:
    lines = []
    for side in ("prediction", "target"):
        operand: Operand = getattr(loss.contract, side)
        lines.append(words.ui(f"losses.{side}", **_operand_facts(operand)))
    written = words.words(loss.id)
    if loss.contract.silent and written is not None and "what-goes-wrong-silently" in written.sections:
        lines.append(words.ui("losses.silent", what=words.heading("what-goes-wrong-silently")))
    return lines


def _readings(loss: Loss, words: Catalogue) -> list[str]:
    setting, said = example_setting(loss)
    readings = loss.readings(loss, setting)
    values = {"start": readings.start, "baseline": readings.baseline, "floor": readings.floor}
    if all(value is None for value in values.values()):
        return [words.ui("losses.depends", loss=loss.id)]
    lines = [
        f"{words.ui(f'losses.{name}')}: {words.ui('judge.unknown') if value is None else words.number(value)}"
        for name, value in values.items()
    ]
    if said:
        lines.insert(0, words.ui("losses.readings-example", setting=said))
    return [*lines, words.ui("losses.depends", loss=loss.id)]


def example_setting(loss: Loss) -> tuple[Setting, str]:
    """A setting to show readings for, and what it says."""
    for task in loss.tasks:
        if loss.family == "classification" and "multiclass" in loss.tasks:
            return EXAMPLE["multiclass"], "--classes 10"
        if loss.family == "classification" and task in {"binary", "multilabel"}:
            return EXAMPLE["binary"], "--priors 0.9,0.1"
        if task == "language-model":
            return EXAMPLE["language-model"], "--classes 50257"
        if task == "regression":
            from ..losses.targets import normal_target

            return Setting(target=normal_target(0.0, 1.0)), "--mean 0 --std 1"
        if task == "segmentation":
            return EXAMPLE["binary"], "--priors 0.1"
    return Setting(), ""


def _traits(loss: Loss, words: Catalogue) -> list[str]:
    level = {kind: words.ui(f"losses.level.{getattr(loss, kind)}") for kind in ("outliers", "imbalance")}
    return [
        words.ui(f"losses.smooth-{loss.smooth}", corners=loss.corners or "–"),
        words.ui("losses.outliers", level=level["outliers"]),
        words.ui("losses.imbalance", level=level["imbalance"]),
        words.ui("losses.direction-down" if loss.direction else "losses.direction-none"),
    ]


def _picture(loss: Loss, words: Catalogue, *, braille: bool) -> list[str]:
    """The curve over one prediction, drawn with one mark a column."""
    if loss.curve is None:
        return []
    low, high = loss.curve_range
    with np.errstate(all="ignore"):
        y = np.asarray(loss.curve(np.linspace(low, high, PICTURE_POINTS)), dtype=np.float64)
    y[~np.isfinite(y)] = np.nan
    if np.isnan(y).all():
        return []
    bottom, top = float(np.nanmin(y)), float(np.nanmax(y))
    rows = [[" "] * PICTURE_POINTS for _ in range(PICTURE_ROWS)]
    for column, value in enumerate(y):
        if not isfinite(value):
            continue
        height = 0 if top == bottom else (value - bottom) / (top - bottom)
        rows[PICTURE_ROWS - 1 - round(height * (PICTURE_ROWS - 1))][column] = "•" if braille else "*"
    column = max(len(words.number(top)), len(words.number(bottom)))
    labels = {0: words.number(top), PICTURE_ROWS - 1: words.number(bottom)}
    lines = [
        f"  {labels.get(place, ''):>{column}} {'│' if braille else '|'}{''.join(row)}" for place, row in enumerate(rows)
    ]
    return [words.ui("losses.curve", low=low, high=high), *lines]


# -- an example, and a choice ----------------------------------------------------------------------------------------------


def example(done: Worked, loss: Loss, words: Catalogue, *, width: int = 80) -> str:
    """The steps of a worked example, numbered."""
    lines = [f"{words.ui('losses.gone')}: {words.title(loss.id)}", ""]
    for number, step in enumerate(done.steps, 1):
        values = {
            name: ", ".join(words.number(one) for one in value) if isinstance(value, tuple) else value
            for name, value in step.values.items()
        }
        first, *more = fold(words.ui(f"losses.step.{step.id}", **values), width - 5)
        lines += [f"  {number}. {first}", *(f"     {line}" for line in more)]
    return "\n".join(lines) + "\n"


def example_facts(done: Worked, loss: Loss) -> dict[str, Any]:
    """A worked example as JSON."""
    steps = [{"id": step.id, **plain_value(step.values)} for step in done.steps]
    return {"id": loss.id, "loss": plain_value(done.loss), "steps": steps}


def choice(chosen: Choice, words: Catalogue, *, width: int = 80) -> str:
    """A recommended loss: why, how to call it, what else."""
    loss = chosen.loss
    lines = [f"{words.ui('choose.heading', title=words.title(loss.id))}  ({loss.id})", ""]
    lines += _block(words.ui("choose.why"), [words.ui(f"choose.reason.{one}") for one in chosen.reasons], width)
    if chosen.code is None:
        lines += fold(words.ui("choose.no-code", framework=chosen.framework, formula=loss.formula), width)
    else:
        lines += [words.ui("choose.code", framework=chosen.framework), *(f"    {x}" for x in chosen.code.splitlines())]
    lines += ["", *_block(words.ui("losses.contract"), _contract(loss, words), width)]
    if loss.metrics:
        lines += [*fold(words.ui("losses.metrics", names=", ".join(loss.metrics)), width), ""]
    others = [
        words.ui("choose.or", title=words.title(other), id=other, reason=words.ui(f"choose.reason.{reason}"))
        for other, reason in chosen.instead
    ]
    lines += _block(words.ui("choose.instead"), others, width)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def choice_facts(chosen: Choice) -> dict[str, Any]:
    """A recommended loss as JSON."""
    return {
        "task": chosen.task,
        "loss": chosen.loss.id,
        "reasons": list(chosen.reasons),
        "instead": [{"loss": other, "reason": reason} for other, reason in chosen.instead],
        "framework": chosen.framework,
        "code": chosen.code,
        "metrics": list(chosen.loss.metrics),
    }


def _block(head: str, texts: list[str], width: int) -> list[str]:
    return [head, *_wrapped(texts, width), ""] if texts else []


def _wrapped(texts: list[str], width: int) -> list[str]:
    return ["  " + line for text in texts for line in fold(plain(text), width - 2)]
