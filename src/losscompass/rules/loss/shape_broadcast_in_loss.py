"""Prediction and target of different shapes, (N, 1) and (N,): each prediction is compared with every target."""

from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from math import prod

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..rewrite import changed, with_argument
from ..seen import looked, place, shape, text, training_calls
from ._views import adds_axes_to_both

ELEMENTWISE = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss", "gaussian_nll_loss", "kl_div")


def detect(run: Run) -> Iterator[Finding]:
    if not run.happened("graph"):
        looked(run, "loss-call")
    by_hand = next((one for one in run.happened("graph") if shape(one, "pairs") and not _meant(one)), None)
    if by_hand is not None:
        sides = [shape(by_hand, key) or () for key in ("pairs_of", "pairs_with")]
        yield Finding(
            onset=None,
            values={
                "input": _shown(sides[0]),
                "target": _shown(sides[1]),
                "compared": prod(shape(by_hand, "pairs") or ()),
                "wanted": max(map(prod, sides)),
            },
            place=place(by_hand, "pairs", "outermost", "at"),
        )
        return
    for call in training_calls(run, *ELEMENTWISE):
        predicted, wanted = shape(call, "input_shape"), shape(call, "target_shape")
        if predicted is None or wanted is None:
            continue
        compared = _broadcast(predicted, wanted)
        # One number against many is done on purpose (a GAN's "real"); that both are repeated never is.
        if compared is None or compared <= max(prod(predicted), prod(wanted)):
            continue
        at = place(call, "at")
        side = 0 if predicted[-1:] == (1,) and len(predicted) == len(wanted) + 1 else 1
        longer = (predicted, wanted)[side]
        squeezes = longer[-1:] == (1,) and longer[:-1] == (wanted, predicted)[side]
        fix = partial(with_argument, at=side, function=text(call, "function"), suffix=".squeeze(-1)")
        yield Finding(
            onset=None,
            values={
                "input": _shown(predicted),
                "target": _shown(wanted),
                "compared": compared,
                "wanted": max(prod(predicted), prod(wanted)),
            },
            place=at,
            change=changed(at, fix) if squeezes else None,
        )
        return


def _meant(graph: Event) -> bool:
    """Whether the line where both sides meet gives each an axis of its own: then each is compared with each on purpose."""
    return adds_axes_to_both(place(graph, "pairs"))


def _broadcast(one: tuple[int, ...], other: tuple[int, ...]) -> int | None:
    """How many numbers come of both; None where they do not fit."""
    total = 1
    for a, b in zip_longest(reversed(one), reversed(other), fillvalue=1):
        if a != b and 1 not in (a, b):
            return None
        total *= max(a, b)
    return total


def _shown(sizes: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


RULE = Rule(
    id="shape-broadcast-in-loss",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), Need("event:loss-call", optional=True), Need("event:graph", optional=True)),
    detect=detect,
    remedies=("match-shapes",),
    explains=("plateau", "loss-flat", "slow-descent", "generalization-gap", "loss-oscillation", "chance-level-loss"),
    confidence=0.98,
    domain=("L2",),
)
