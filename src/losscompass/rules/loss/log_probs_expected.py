"""Probabilities or raw scores where a loss expects log-probabilities: it then rewards without bound, or hardly at all."""

from collections.abc import Iterator
from functools import partial

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import LAYOUT, LINEAR, applied, axes_of_one, last_operation, made_by_softmax
from ..rewrite import changed, with_function
from ..seen import looked, number, text, texts, training_calls

SCALED = {"Div", "Mul"}
"""What a temperature is applied with."""


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    for call in training_calls(run, "nll_loss", "kl_div", "ctc_loss"):
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
    """Scores above 0, which no log-probability is, whose exponentials add up to 1 along no axis. (Weighted ones may be: policies.)

    A constant factor between the layer and the loss (a temperature) leaves scores what they are.
    """
    last, axes = last_operation(call), axes_of_one(call)
    straight = last in LINEAR and (axes == () or text(call, "function") == "nll_loss")
    return (straight or (axes == () and last in SCALED and _above_a_layer(call))) and (
        number(call, "input_max") or 0.0
    ) > 0


def _above_a_layer(call: Event) -> bool:
    """Whether nothing but factors and changes of shape stands between the last layer with weights and the loss."""
    names = [name.rstrip("0123456789") for name in texts(call, "input_ops")]
    return any(name in LINEAR for name in names) and all(name in LINEAR | LAYOUT | SCALED for name in names)


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
