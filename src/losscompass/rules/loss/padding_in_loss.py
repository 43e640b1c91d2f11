"""Padding that counts in the loss: class ids that fill the rows up to the longest, and no `ignore_index` that leaves them out."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed, with_keyword
from ..seen import count, looked, number, numbers, place, text, texts, training_calls
from ._filled_up import filled_up, filled_with
from ._open_mask import open_mask

ROWS = 0.25  # of them end in two pads or more: a sentence that ends in a full stop ends in one
SHARE = 0.1  # of the ids: fewer hardly move the mean
IGNORED = -100  # by torch, where nothing else is said
MASKS = {"Mul", "Index", "MaskedSelect", "Where", "Div", "MaskedFill"}
"""What people do to the losses of single tokens to leave some out."""


def detect(run: Run) -> Iterator[Finding]:
    if (filled := filled_up(run, SHARE)) is not None:
        yield Finding(onset=None, values={"value": 0, "share": filled[0]}, place=filled[1])
        return
    looked(run, "loss-call")
    calls = [one for one in training_calls(run, "cross_entropy", "nll_loss") if number(one, "tail_value") is not None]
    values = {number(one, "tail_value") for one in calls}
    if len(values) != 1 or any(count(one, "tail_elsewhere") for one in calls):
        return  # a class that stands inside of the rows, too, is no padding
    call = max(calls, key=lambda one: number(one, "tail_share") or 0.0)
    value, share = int(number(call, "tail_value") or 0), number(call, "tail_share") or 0.0
    left_out = number(call, "ignore_index")
    if (
        share < SHARE
        or (number(call, "tail_rows") or 0.0) < ROWS
        or value == (IGNORED if left_out is None else left_out)
    ):
        return
    weights = numbers(call, "weights")
    if (0 <= value < len(weights) and weights[value] == 0) or _masked(run, call):
        return
    where, made = place(call, "at"), place(call, "made")
    told = any(one is not None and "ignore_index" in one.code for one in (where, made))
    if text(call, "reduction") == "none" and (opened := open_mask(run)) is not None:
        yield Finding(onset=None, values={"value": value, "share": share}, place=opened)
        return
    yield Finding(
        onset=None,
        values={"value": value, "share": share},
        place=(filled_with(run) if told else None) or where,
        change=changed(where, lambda code: with_keyword(code, "cross_entropy", "ignore_index", str(value)))
        or changed(made, lambda code: _told(code, value)),
    )


def _told(code: str, value: int) -> str | None:
    """The line that makes the loss, with the value that it is to leave out."""
    empty = code.replace("CrossEntropyLoss()", f"CrossEntropyLoss(ignore_index={value})")
    return empty if empty != code else with_keyword(code, "CrossEntropyLoss", "ignore_index", str(value))


def _masked(run: Run, call: Event) -> bool:
    """Whether the losses of the single tokens may be weighed before they are averaged."""
    graphs = [set(texts(graph, "root_ops")) for graph in run.happened("graph")]
    masked = text(call, "reduction") == "none" and (not graphs or any(ops & MASKS for ops in graphs))
    return masked and open_mask(run) is None


RULE = Rule(
    id="padding-in-loss",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("check-loss-wiring",),
    explains=("constant-metric", "chance-level-loss", "plateau", "slow-descent", "initial-loss-off"),
    confidence=0.95,
    domain=("L2",),
)
