"""An average of the weights that is evaluated, and is none: it stays where it began, or its factors are wrong."""

import ast
from collections.abc import Iterator

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Threshold, Undecided, Value
from ..seen import count, latest, loops, number, text
from ..source import Program, ancestors, last_name, place_at, program
from ..source.averages import Blend, around, blends
from ..source.files import File, place_at_line

SUM = 1e-3  # by which the two factors may miss 1
FEWEST = 100  # steps: before, a slow average is still on its way

THRESHOLDS = {
    "stale": Threshold(0.3, "share of the way of the trained weights", "zoo: diffusion_points, 0.003 against 0.97"),
    "reversed_below": Threshold(0.2, "share that is kept at an update", "an average keeps 0.9 to 0.9999"),
}


def detect(
    run: Run,
    *,
    stale: float = THRESHOLDS["stale"].value,
    reversed_below: float = THRESHOLDS["reversed_below"].value,
) -> Iterator[Finding]:
    read = program(run)
    found = blends(read)
    if not found:
        return  # nothing is averaged: a copy that stands still is a target, a teacher or a memory
    steps = max((count(loop, "steps") for loop in loops(run)), default=0)
    for one in found:
        if one.keep is None or one.take is None or one.take <= 0 or not 0 < one.keep < 1:
            continue
        if abs(one.keep + one.take - 1) > SUM:
            yield _finding(one, keep=one.keep, take=one.take, steps=steps)
            return
        if one.keep < reversed_below:
            yield _finding(one, keep=one.keep, take=one.take, steps=steps)
            return
    if steps < FEWEST or run.facts.get("ended") not in {None, "finished"}:
        raise Undecided("longer-run")
    copies = latest(run, "copy", "number")
    if any(_trains(one) for one in copies):
        return  # the average is a target or a teacher
    travelled = [way for one in copies if (way := number(one, "travelled")) is not None]
    slow = max(found, key=lambda one: one.keep or 0.0)
    if travelled and max(travelled) < stale and not all("[" in one.slow for one in found):
        way = max(0.0, *travelled)
        # With its factor it would have come along, had it been updated in each step.
        still = not way or (slow.keep is not None and slow.keep**steps < stale)
        yield Finding(
            onset=None,
            values={
                "name": text(copies[0], "variable") or text(copies[0], "class"),
                "travelled": way,
                "keep": slow.keep if slow.keep is not None else "–",
                "take": slow.take if slow.take is not None else "–",
                "steps": steps,
            },
            place=_update(read, slow) if still else place_at_line(slow.file, slow.node),
        )
    elif slow.keep is not None and slow.keep**steps > 1 - stale and "[" in slow.slow:  # a table of tensors
        yield _finding(slow, keep=slow.keep, take=1 - slow.keep, travelled=1 - slow.keep**steps, steps=steps)


def _trains(copy: Event) -> bool:
    """Whether it is called in the steps themselves: a target network or a teacher may lag as much as it likes."""
    return 2 * count(copy, "called") > count(copy, "looks")


def _finding(one: Blend, **values: Value) -> Finding:
    told: dict[str, Value] = {"name": one.slow, "travelled": "–", "steps": "–", **values}
    return Finding(onset=None, values=told, place=place_at_line(one.file, one.node))


def _update(read: Program, one: Blend) -> Place:
    """Where the update is called, or the condition that keeps it from being called."""
    function = around(one)
    where: list[tuple[File, ast.AST]] = [(one.file, one.node)]
    if isinstance(one.node, ast.Call) and last_name(one.node.func).startswith("get_ema"):  # torch's own average
        where = [(file, call) for file, call in read.calls_of.get("update_parameters", [])] or where
    elif function is not None:
        where = [(file, call) for file, call in read.calls_of.get(function.name, [])]
    if len(where) != 1:
        return place_at(one.file, one.node)
    file, node = where[0]
    for above in ancestors(node, file.parents):
        if isinstance(above, ast.If):
            return place_at(file, above.test)
        if not isinstance(above, ast.Expr | ast.With):
            break
    return place_at(file, node)


RULE = Rule(
    id="ema-misconfigured",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:source", optional=True),
        Need("event:copy", optional=True),
        Need("event:loop", optional=True),
        Need("fact:ended", optional=True),
    ),
    detect=detect,
    remedies=("look-at-predictions",),
    explains=("validation-below-train", "generalization-gap", "chance-level-loss", "loss-flat", "plateau"),
    thresholds=THRESHOLDS,
    confidence=0.9,
    domain=("T9",),
)
