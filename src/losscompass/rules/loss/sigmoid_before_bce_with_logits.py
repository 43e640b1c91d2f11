"""A sigmoid before binary cross-entropy with logits, which applies its own: the scores are squeezed into 0…1 first."""

from collections.abc import Iterator
from functools import partial
from math import exp, log1p

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import applied, last_operation
from ..rewrite import changed, without_call
from ..seen import looked, number, training_calls

FLOOR = log1p(exp(-1.0))  # -ln sigmoid(1): what a positive reads at best, 0.3133; a negative reads ln 2
FUNCTIONS = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    for call in training_calls(run, *FUNCTIONS):
        if last_operation(call) != "Sigmoid":
            continue
        where = applied(call, "sigmoid")
        change = changed(where, partial(without_call, names=("sigmoid", "Sigmoid")))
        yield Finding(
            onset=None,
            values={
                "floor": FLOOR,
                "low": number(call, "input_min") or 0.0,
                "high": number(call, "input_max") or 1.0,
            },
            place=where,
            change=change,
        )
        return


RULE = Rule(
    id="sigmoid-before-bce-with-logits",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:loss-call", optional=True)),
    detect=detect,
    remedies=("pass-logits",),
    explains=("gan-mode-collapse", "plateau", "loss-flat", "slow-descent", "chance-level-loss", "constant-metric"),
    confidence=0.98,
    domain=("L2",),
)
