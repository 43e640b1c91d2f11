"""A sigmoid before binary cross-entropy with logits, which applies its own: the scores are squeezed into 0…1 first."""

from collections.abc import Iterator
from functools import partial
from math import exp, log1p

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..operations import LAYOUT, applied, last_operation
from ..rewrite import changed, without_call
from ..seen import looked, number, texts, training_calls

FLOOR = log1p(exp(-1.0))  # -ln sigmoid(1): what a positive reads at best, 0.3133; a negative reads ln 2
FUNCTIONS = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")

MOST = 3
"""Operations between the loss and the exponential: the inverse, the sum, and a factor."""


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    for call in training_calls(run, *FUNCTIONS):
        if last_operation(call) != "Sigmoid" and not _by_hand(call):
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


def _by_hand(call: Event) -> bool:
    """Whether `1 / (1 + exp(-x))` is written out: by its operations, and by the numbers, all between 0 and 1."""
    names = [name for one in texts(call, "input_ops") if (name := one.rstrip("0123456789")) not in LAYOUT]
    low, high = number(call, "input_min"), number(call, "input_max")
    written = "Reciprocal" in names[:2] or names[:1] == ["Div"]
    fits = written and "Exp" in names and names.index("Exp") <= MOST
    return fits and low is not None and high is not None and low >= 0 and high <= 1


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
