"""Probabilities or raw scores where a loss expects log-probabilities: it then rewards without bound, or hardly at all."""

from collections.abc import Iterator
from functools import partial

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import LINEAR, applied, last_operation, made_by_softmax
from ..rewrite import changed, with_function
from ..seen import looked, number, text, training_calls


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    for call in training_calls(run, "nll_loss", "kl_div"):
        if not (made_by_softmax(call) or _raw_scores(call)):
            continue
        where = applied(call, "softmax")  # raw scores: the loss is to be changed
        yield Finding(
            onset=None,
            values={
                "function": text(call, "function"),
                "low": number(call, "input_min") or 0.0,
                "high": number(call, "input_max") or 0.0,
                "value": number(call, "value") or 0.0,
            },
            place=where,
            change=changed(where, partial(with_function, names=("softmax",), other="log_softmax")),
        )
        return


def _raw_scores(call: Event) -> bool:
    """Straight from a linear layer, and some above 0, which no log-probability is. (Weighted ones may be: policies.)"""
    return (
        text(call, "function") == "nll_loss"
        and last_operation(call) in LINEAR
        and (number(call, "input_max") or 0.0) > 0
    )


RULE = Rule(
    id="log-probs-expected",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:loss-call", optional=True)),
    detect=detect,
    remedies=("pass-log-probabilities",),
    explains=("negative-loss", "loss-divergence", "plateau", "loss-flat", "slow-descent", "non-finite-loss"),
    confidence=0.97,
    domain=("L2",),
)
