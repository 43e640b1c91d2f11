"""Class weights that make the imbalance worse: inverted, given to the wrong classes, or far beyond balance."""

from collections.abc import Iterator
from math import log

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..pairs import LOOKED, pairs
from ..seen import count, latest, looked, numbers, place, text, training_calls

SAMPLES = 64  # labels, to know the shares
UNEVEN = 2.0  # between the most and the least frequent class: below, any weights will do
BEYOND = 20.0
"""Times what balances the classes. People lean to the side of the rare class by some times to miss fewer; so much more says
that it is nearly the only one that counts."""

TOGETHER = 0.95  # correlation of the logarithms of weights and shares
STEEP = 0.5  # power of the share that the weight goes by: the root of it, at least


def detect(run: Run) -> Iterator[Finding]:
    looked(run, "loss-call")
    shares = next(_shares(run), ())
    if len(shares) < 2 or min(shares) <= 0:
        return
    for call in training_calls(run, "cross_entropy", "nll_loss", "binary_cross_entropy_with_logits"):
        weights, positive = numbers(call, "weights"), numbers(call, "pos_weight")
        if len(positive) == 1 and len(shares) == 2:
            weights = (1.0, *positive)
        if len(weights) != len(shares) or min(weights) <= 0:
            continue
        mass = [weight * share for weight, share in zip(weights, shares, strict=True)]
        uneven, then = max(shares) / min(shares), max(mass) / min(mass)
        if (
            then >= BEYOND * uneven
            or (then >= BEYOND and len(positive) == 1)
            or (uneven >= UNEVEN and _wrong(weights, shares))
        ):
            most = mass.index(max(mass))
            yield Finding(
                onset=None,
                values={"class": most, "share": shares[most], "weight": weights[most], "before": uneven, "after": then},
                place=place(call, "made", "at"),
            )
            return


def _shares(run: Run) -> Iterator[tuple[float, ...]]:
    """Of the classes: of labels, one a sample, or of what is asked for in pixels."""
    for one in latest(run, "labels", "loader"):
        if count(one, "samples") >= SAMPLES:
            yield numbers(one, "shares")
    for look in pairs(run):
        if text(look, "kind") == "dense" and count(look, "train_net_rows") >= SAMPLES:
            yield numbers(look, "train_asked")


def _follows(weights: tuple[float, ...], shares: tuple[float, ...]) -> bool:
    """Whether the weights grow with the shares, by whatever power: what is frequent counts the more."""
    x, y = [log(one) for one in shares], [log(one) for one in weights]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    xx = sum((one - middle_x) ** 2 for one in x)
    yy = sum((one - middle_y) ** 2 for one in y)
    xy = sum((one - middle_x) * (other - middle_y) for one, other in zip(x, y, strict=True))
    return xx > 0 and yy > 0 and xy >= TOGETHER * (xx * yy) ** 0.5 and xy >= STEEP * xx


def _wrong(weights: tuple[float, ...], shares: tuple[float, ...]) -> bool:
    """Whether the weights are the inverse shares of other classes, or the shares themselves."""
    balance = [1 / share for share in shares]
    off = [_size(w, weights) - _size(b, tuple(balance)) for w, b in zip(weights, balance, strict=True)]
    kept = zip(sorted(weights), sorted(balance), strict=True)
    known = all(abs(_size(w, weights) - _size(b, tuple(balance))) < log(1.15) for w, b in kept)
    return _follows(weights, shares) or (known and max(map(abs, off)) > log(UNEVEN))


def _size(one: float, of: tuple[float, ...]) -> float:
    """The logarithm of a weight against the mean of all."""
    return log(one * len(of) / sum(of))


RULE = Rule(
    id="class-weights-wrong",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("event:loss-call", optional=True), Need("event:labels", optional=True), LOOKED),
    detect=detect,
    remedies=("rebalance-classes",),
    explains=(
        "class-imbalance",
        "constant-metric",
        "stalled-metric",
        "plateau",
        "chance-level-loss",
        "initial-loss-off",
    ),
    confidence=0.9,
    domain=("L2",),
)
