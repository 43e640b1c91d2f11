"""A sequence model that sees what it has to predict: a target that is not shifted, an attention that looks ahead."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, looked, number, place, text, training_calls

SAME = 0.99  # of the tokens
LEAST = 4  # different tokens: of fewer, neighbours are often the same


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    calls = [one for one in training_calls(run, "cross_entropy", "nll_loss") if count(one, "target_distinct") >= LEAST]
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


RULE = Rule(
    id="future-leak",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:loss-call", optional=True), Need("event:graph", optional=True)),
    detect=detect,
    remedies=("check-data-pipeline",),
    explains=("validation-below-train", "target-met"),
    confidence=0.97,
    domain=("D5",),
)
