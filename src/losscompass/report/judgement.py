"""A judgement as text for a terminal, as a page, or as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from math import isclose
from typing import Any

from ..losses.judge import DIGITS, Judgement
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad
from .gauge import MARKS, places
from .json_value import plain_value
from .plain import plain

FORMATS = ("terminal", "json", "html")

LETTER = {"start": "S", "baseline": "B", "floor": "F", "value": "◆"}
TYPEWRITER = str.maketrans({"─": "-", "━": "=", "◆": "@", "├": "|", "┤": "|"})

TONE = {
    "not-finite": "bad",
    "impossible": "bad",
    "above-start": "bad",
    "above-baseline": "bad",
    "at-baseline": "bad",
    "at-start": "bad",
    "at-floor": "good",
    "below-baseline": "good",
    "below-start": "good",
}
ESCAPE = {"bad": "\x1b[1;31m", "good": "\x1b[1;32m", "": "\x1b[1m"}

IMBALANCED = 0.7
"""Share of one class from which a constant guess's accuracy is worth a warning (J6 speaks of 0.9)."""

QUALITY = frozenset(("generative",))


def render(
    judged: Judgement,
    format: str,  # noqa: A002
    words: Catalogue,
    *,
    width: int = 80,
    colour: bool = False,
    braille: bool = True,
) -> str:
    """The judgement in one of `FORMATS`."""
    match format:
        case "terminal":
            return terminal(judged, words, width=min(width, 100), colour=colour, braille=braille)
        case "json":
            return json.dumps(document(judged), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
        case "html":
            from .judgement_page import page

            return page(judged, words)
    raise ValueError(f"no format {format!r}: choose one of {', '.join(FORMATS)}")


def document(judged: Judgement) -> dict[str, Any]:
    """The judgement as dictionaries and lists, without words; `docs/json.md` describes it."""
    setting = judged.setting
    target = setting.target
    return {
        "schema": 1,
        "loss": judged.loss,
        "task": judged.task,
        "value": plain_value(judged.value),
        "place": judged.place,
        "start": plain_value(judged.start),
        "baseline": plain_value(judged.baseline),
        "floor": plain_value(judged.floor),
        "share": plain_value(judged.share),
        "gain": plain_value(judged.gain),
        "rule_of_thumb": judged.rule_of_thumb,
        "named_faults": [
            {"id": one.cause, "value": plain_value(one.value), "benign": one.benign} for one in judged.named_faults
        ],
        "mistakes": list(judged.mistakes),
        "equivalents": plain_value(judged.equivalents),
        "metrics": [plain_value(asdict(one)) for one in judged.metrics],
        "goal": None if judged.goal is None else plain_value(asdict(judged.goal)),
        "notes": list(judged.notes),
        "inferred": plain_value(judged.inferred),
        "setting": {
            "classes": setting.classes,
            "priors": plain_value(setting.priors),
            "weights": plain_value(setting.weights),
            "positive_weight": setting.positive_weight,
            "label_smoothing": setting.smoothing,
            "reduction": setting.reduction,
            "count": setting.count,
            "parameters": plain_value(setting.parameters),
            "target": None
            if target is None
            else {
                "mean": plain_value(target.mean),
                "variance": plain_value(target.variance),
                "mean_absolute_deviation": plain_value(target.mean_absolute_deviation),
                "noise_variance": plain_value(target.noise_variance),
            },
        },
        "unit": judged.unit,
    }


# -- the sentences, in the order they are read ----------------------------------------------------------------------------


def heading(judged: Judgement, words: Catalogue) -> str:
    """What the judgement comes to, in one line."""
    place = words.ui(f"judge.place.{judged.place}")
    return words.ui("judge.heading", value=_number(judged.value, words), loss=words.title(judged.loss), place=place)


def scale(judged: Judgement, words: Catalogue) -> list[tuple[str, str, str]]:
    """The readings on the scale: (mark, its name, its number)."""
    rows = []
    for mark in MARKS:
        value = getattr(judged, mark)
        if value is None:
            said = words.ui("judge.none" if mark == "floor" and judged.baseline is not None else "judge.unknown")
        else:
            said = _number(value, words)
        rows.append((mark, words.ui(f"judge.mark-{mark}"), said))
    return rows


def taken(judged: Judgement, words: Catalogue) -> list[str]:
    """What was taken without being told."""
    return [
        words.ui(f"judge.inferred.{name}", value=plain(str(value)) if isinstance(value, str) else value)
        for name, value in judged.inferred.items()
        if words.has(f"judge.inferred.{name}")
    ]


def sentences(judged: Judgement, words: Catalogue) -> Iterator[str]:
    """What is to be said of the value, the most important first."""
    for one in judged.named_faults:
        cause = cause_words(one.cause, words)
        if judged.place == "not-finite":
            yield words.ui("judge.fault-nan", cause=cause)
        else:
            key = "judge.fault-benign" if one.benign else "judge.fault"
            yield words.ui(key, known=_number(one.value, words), cause=cause)
    for mistake in judged.mistakes:
        yield words.ui("judge.mistake", cause=words.ui(f"judge.made-by.{mistake}"))
    readings = {name: x for name in ("start", "baseline", "floor") if (x := getattr(judged, name)) is not None}
    if judged.share is not None and judged.share >= 0:  # above the start there is no way gone to speak of
        yield words.ui("judge.share", share=judged.share, **readings)
    if judged.gain is not None and judged.gain >= 0 and not _alike(judged.baseline, judged.start):
        yield words.ui("judge.gain", gain=judged.gain, **readings)
    unit = plain(judged.unit) or words.ui("judge.equivalent.unit")
    for name, value in judged.equivalents.items():
        yield words.ui(f"judge.equivalent.{name}", value=value, unit=unit)
    if judged.loss == "mae" and judged.place != "impossible":
        yield words.ui("judge.equivalent.mae", value=judged.value, unit=unit)
    if judged.rule_of_thumb is not None:
        yield words.ui("judge.thumb.rule", rule=words.ui(f"judge.thumb.{judged.rule_of_thumb}"))
    if judged.value > 1 and judged.place in {"below-baseline", "below-start", "no-scale"}:
        yield words.ui("judge.above-one")
    if judged.goal is not None:
        state = {True: "met", False: "missed", None: "open"}[judged.goal.met]
        values: dict[str, str | float] = {"name": plain(judged.goal.name), "goal": judged.goal.value}
        if judged.goal.seen is not None:
            values["seen"] = judged.goal.seen
        yield words.ui(f"judge.goal-{state}", **values)
    for note in judged.notes:
        yield note_words(note, words)
    yield words.ui("judge.relative")


def beside(judged: Judgement, words: Catalogue) -> tuple[str, list[str]]:
    """What to read beside the loss: the reason, and a line a metric."""
    largest = largest_share(judged)
    reason = ""
    if largest is not None and largest >= IMBALANCED:
        reason = words.ui("judge.imbalance", largest=largest)
    elif judged.task in QUALITY or judged.task == "language-model":
        reason = words.ui("judge.generative")
    lines = []
    for one in judged.metrics:
        values: dict[str, str | float] = {"name": plain(one.name)}
        key = "judge.metric"
        if one.value is not None:
            key, values["value"] = "judge.metric-seen", one.value
        if one.guess is None:
            key += "-unknown"
        else:
            values["guess"] = one.guess
            if one.value is not None and one.direction and (one.value - one.guess) * one.direction <= 0:
                key = "judge.metric-no-better"
        lines.append(words.ui(key, **values))
    return reason, lines


def largest_share(judged: Judgement) -> float | None:
    """The share of the commonest class; None where shares are no matter of this task."""
    priors = judged.setting.priors
    if priors is None or judged.task not in {"binary", "multiclass"}:
        return None
    return float(max(priors.max(), 1 - priors[0])) if priors.size == 1 else float(priors.max())


def cause_words(cause: str, words: Catalogue) -> str:
    """The name of a fault: as a number's cause, as a cause, or as a finding."""
    for key in (f"judge.cause.{cause}", f"cause.{cause}"):
        if words.has(key):
            return words.ui(key)
    return words.title(cause)


def note_words(note: str, words: Catalogue) -> str:
    """A caveat in words."""
    return words.ui(f"judge.note.{note}") if words.has(f"judge.note.{note}") else note


# -- the terminal ----------------------------------------------------------------------------------------------------------


def terminal(judged: Judgement, words: Catalogue, *, width: int, colour: bool, braille: bool) -> str:
    """The heading, the gauge, the sentences."""
    on, off = (ESCAPE[TONE.get(judged.place, "")], "\x1b[0m") if colour else ("", "")
    lines = [f"{on}{line}{off}" for line in fold(heading(judged, words), width)] + [""]
    lines += gauge(judged, words, width)
    if assumed := taken(judged, words):
        lines += ["", f"{words.ui('judge.taken')}:", *_items(assumed, width)]
    lines += ["", *_items(sentences(judged, words), width)]
    reason, metrics = beside(judged, words)
    if reason or metrics:
        lines += ["", *fold(reason or f"{words.ui('judge.read-beside')}:", width), *_items(metrics, width)]
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return text if braille else text.translate(TYPEWRITER)


def gauge(judged: Judgement, words: Catalogue, width: int) -> list[str]:
    """The scale as a drawing, with a legend; only the legend where there is no scale."""
    where = places(judged)
    lines = []
    if where:
        room = max(20, min(width, 72) - 4)
        bar = ["─"] * room
        cell = {name: round(share * (room - 1)) for name, share in where.items()}
        begun = min((cell[name] for name in ("start", "baseline") if name in cell), default=0)
        for place in range(begun, cell["value"]):
            bar[place] = "━"
        bar[cell["value"]] = LETTER["value"]
        for name in ("floor", "start", "baseline"):
            if name in cell:
                bar[_free(bar, cell[name])] = LETTER[name]
        lines = ["  ├" + "".join(bar) + "┤", ""]
    rows = scale(judged, words)
    column = max(cells(name) for _, name, _ in rows) + 3
    lines += [f"  {LETTER[mark]} {pad(name, column)}{value}" for mark, name, value in rows]
    return lines


def _free(bar: list[str], place: int) -> int:
    """The place, or the nearest one that holds no letter yet."""
    return min((at for at, letter in enumerate(bar) if letter in "─━"), key=lambda at: abs(at - place))


def _items(texts: Iterator[str] | list[str], width: int) -> list[str]:
    lines = []
    for text in texts:
        first, *more = fold(text, width - 4)
        lines += [f"  - {first}", *(f"    {line}" for line in more)]
    return lines


def _alike(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and isclose(one, other, rel_tol=DIGITS)


def _number(value: float, words: Catalogue) -> str:
    return words.number(value)
