"""A reported number is computed wrongly: the training may be fine, what is said of it is not."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed
from ..seen import count, number, place, shape, text, texts, training_calls
from ..source import Program, place_at, program
from ..source.files import File
from ..source.lasting import never_emptied
from ..source.metrics import (
    Fault,
    against_the_loss,
    constant_comparisons,
    divisions,
    named_scores,
    top_of_few,
    training_values,
)
from ..source.roles import Roles
from ..source.shape import Function, ancestors
from ._loaders import batches_of_loaders


def detect(run: Run) -> Iterator[Finding]:
    read = program(run)
    roles = Roles(read, run)
    again = any(count(one, "episodes") > 1 or count(one, "val_passes") > 1 for one in run.happened("loop"))
    calls = [
        (where.file, where.line, one) for one in run.happened("loss-call") if (where := place(one, "at")) is not None
    ]
    reductions = {(file, line): text(one, "reduction") for file, line, one in calls}
    shares = {(file, line) for file, line, one in calls if _holds_shares(one)}
    compared = {
        (file, line): (text(one, "function"), shape(one, "input_shape") or ())
        for file, line, one in calls
        if (file, line) not in shares
    }
    found = chain(
        constant_comparisons(read),
        divisions(read, roles, batches_of_loaders(read, run), reductions),
        training_values(read, roles),
        never_emptied(read, roles, again=again),
        *(against_the_loss(read, where, *what) for where, what in sorted(compared.items())),
        named_scores(read),
        top_of_few(read, _classes(run)),
    )
    for one in found:
        if _lives(read, one.file, one):
            where = place_at(one.file, one.node)
            yield Finding(
                onset=None,
                values={"what": f"words:metric-wrong.{one.form}", "code": "–", "name": "–", **one.values},
                confidence=one.confidence,
                place=where,
                change=changed(where, partial(_change, one)),
            )
            return


def _classes(run: Run) -> int:
    """How many classes the loss of the training is asked for, where it is always as many."""
    shapes = {(shape(one, "input_shape") or ())[1:] for one in training_calls(run, "cross_entropy", "nll_loss")}
    return max(max(shapes)) if len(shapes) == 1 and len(max(shapes)) == 1 else 0


def _holds_shares(call: Event) -> bool:
    """Whether what a loss was given went through a sigmoid or a softmax: then 0.5 is its border."""
    low, high = number(call, "input_min"), number(call, "input_max")
    squashed = {"Sigmoid", "Softmax"} & set(texts(call, "input_ops"))
    return bool(squashed) or (low is not None and high is not None and low >= 0 and high <= 1)


def _lives(read: Program, file: File, one: Fault) -> bool:
    function = next((node for node in ancestors(one.node, file.parents) if isinstance(node, Function)), None)
    return function is None or read.is_used(function)


def _change(one: Fault, code: str) -> str | None:
    """The line as it should be, where that is certain."""
    old = str(one.values.get("code", ""))
    if one.form in {"always", "never"} and old.endswith("> 0") and code.count(old) == 1:
        return code.replace(old, f"{old[:-1]}0.5")
    return None


RULE = Rule(
    id="metric-wrong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:source", optional=True),
        Need("event:loss-call", optional=True),
        Need("event:loader", optional=True),
        Need("event:loop", optional=True),
        Need("event:labels", optional=True),
        Need("event:samples", optional=True),
    ),
    detect=detect,
    remedies=("look-at-predictions",),
    explains=("constant-metric", "stalled-metric"),
    confidence=0.9,
    domain=("D5",),
)
