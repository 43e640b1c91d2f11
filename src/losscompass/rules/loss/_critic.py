"""What a critic of an adversarial training is asked, by the lines of its losses."""

import ast
from collections.abc import Iterator

from ...evidence.records import Event
from ..rewrite import calls_of
from ..seen import number, place, text


def asked_of_critic(call: Event, theirs: list[Event]) -> Iterator[tuple[str, float | None]]:
    """What the critic is asked about, by the words of the line, and the label that it is to give; two losses may share a line.

    What the generator made is cut from the generator, or called a fake.
    """
    at = place(call, "at")
    code = "" if at is None else at.code.lower()
    here = [one for one in theirs if one.step == call.step and place(one, "at") == at]
    function = text(call, "function")
    parts = [code]
    if len(here) == 2:
        calls = [one for one in calls_of(code) if len(one.args) == 2 and not isinstance(one.args[0], ast.Constant)]
        outer = [one for one in calls if [ast.unparse(each.func) for each in calls].count(ast.unparse(one.func)) > 1]
        outer = sorted(outer, key=lambda one: one.col_offset) if len(outer) == 2 else []
        parts = [ast.unparse(one.args[0]) for one in outer]
    if len(parts) != len(here) or {text(one, "function") for one in here} != {function}:
        return
    for one, words in zip(here, parts, strict=True):
        yield "fake" if ".detach()" in words or ("fake" in words and "real" not in words) else "real", label_of(one)


def label_of(call: Event) -> float | None:
    """The one label that all of a critic's samples are given."""
    low = number(call, "target_min")
    return low if low is not None and low == number(call, "target_max") else None
