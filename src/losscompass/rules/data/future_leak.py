"""A sequence model that sees what it has to predict: a target that is not shifted, an attention that looks ahead."""

import ast
from collections.abc import Iterator

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import calls_of
from ..seen import count, looked, number, place, text, training_calls
from ._ahead import looks_ahead
from ._told import not_shifted, told_the_answer

DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
SAME = 0.99  # of the tokens
LEAST = 4  # different tokens: of fewer, neighbours are often the same


def detect(run: Run) -> Iterator[Finding]:
    if (ahead := looks_ahead(run)) is not None:
        yield ahead
        return
    looked(run, "loss-call")
    windows = [one for one in training_calls(run, *DISTANCES) if number(one, "target_ends_input") is not None]
    if windows and all(
        (number(one, "target_ends_input") or 0) >= SAME and number(one, "target_std") for one in windows
    ):
        yield Finding(onset=None, values={"seen": "input[-k:] = target"}, confidence=0.9, place=place(windows[0], "at"))
        return
    calls = [one for one in training_calls(run, "cross_entropy", "nll_loss") if count(one, "target_distinct") >= LEAST]
    fed = [one for one in calls if number(one, "fed_same") is not None]
    if fed and len(fed) == len(calls) and all(told_the_answer(one, SAME) for one in fed):
        yield Finding(onset=None, values={"seen": "embedding = target"}, confidence=0.9, place=not_shifted(run, fed[0]))
        return
    told = [one for one in calls if number(one, "target_is_input") is not None]
    if not told:
        return
    if all((number(one, "target_is_input") or 0) >= SAME for one in told):
        yield Finding(onset=None, values={"seen": "target = input"}, confidence=0.85, place=place(told[0], "at"))
        return
    if not all((number(one, "target_is_next") or 0) >= SAME for one in told):
        return  # it does not predict the next token from those before
    graph = next((one for one in run.happened("graph") if text(one, "attention")), None)
    if graph is not None and text(graph, "attention") in {"open", "reversed"}:
        yield Finding(
            onset=None, values={"seen": f"attention: {text(graph, 'attention')}"}, place=place(graph, "attention", "at")
        )
        return
    for model in run.happened("model"):
        if _both_ways(made := place(model, "recurrent")):
            yield Finding(onset=None, values={"seen": "bidirectional=True"}, confidence=0.95, place=made)
            return


def _both_ways(made: Place | None) -> bool:
    """Whether a line makes a recurrent layer that is read from both ends, so that it has read the next token already."""
    return any(
        one.arg == "bidirectional" and isinstance(one.value, ast.Constant) and one.value.value is True
        for call in calls_of("" if made is None else made.code)
        for one in call.keywords
    )


RULE = Rule(
    id="future-leak",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:loss-call", optional=True),
        Need("event:graph", optional=True),
        Need("event:source", optional=True),
        Need("event:model", optional=True),
    ),
    detect=detect,
    remedies=("check-data-pipeline",),
    explains=("validation-below-train", "target-met"),
    confidence=0.97,
    domain=("D5",),
)
