"""A model too small for its task: a layer of one or two units, a loss that has come to rest, and a plain model that does better."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run, Series
from ..base import Finding, Need, Rule, Severity, Undecided
from ..descent import fall
from ..pairs import LOOKED, behind, network, pairs, skill
from ..seen import count, number, place, shape, text, training_calls
from ._died_out import ALIKE, died_out

NARROW = 3  # units of a layer before the last one: fewer than there are things to tell apart
ANSWERS, POOR = 4, 0.5  # classes; skill
COLUMNS, HANDFUL = 8, 40  # numbers of a target; that a model learns
STILL, CALM = 0.9, 0.95  # as RESTS, where less is known
PART = (0.3, 0.92)  # of what a guess costs
BEHIND = 0.2  # skill that a plain model has more on the validation
RESTS = 0.8  # median loss of the last fifth over that of two fifths before


def detect(run: Run) -> Iterator[Finding]:
    looks = list(pairs(run))
    loss = run.curve("train")
    if loss is None:
        raise Undecided("watched-data-look")
    falling = fall(loss.value)
    model = next((one for one in run.happened("model") if 0 < count(one, "narrowest") <= NARROW), None)
    if model is None or falling is None or falling < RESTS or _is_a_head(count(model, "narrowest"), looks):
        return
    if not any(count(look, "features") for look in looks):
        yield from _unseen(run, model, looks, loss, falling)
        return
    size: dict[str, float | str] = {"width": count(model, "narrowest"), "parameters": count(model, "trainable")}
    for look in looks:
        left, net = behind(look), network(look, "train")
        if died_out(run, model, look):
            values: dict[str, float | str] = {
                "what": "words:underfit-capacity.classes",
                "net": net or 0.0,
                "plain": network(look, "val") or 0.0,
            }
            yield Finding(onset=None, values=size | values, confidence=0.7, place=place(model, "at"))
            return
        if left is None or left < BEHIND or count(look, "columns") < count(model, "narrowest"):
            continue
        if net is not None and net > skill(look, "train") - BEHIND / 2:
            continue  # it fits what it is trained on: not too small, but of no use elsewhere
        val = network(look, "val") or 0.0
        values = {"what": "words:underfit-capacity.behind", "net": val, "plain": skill(look, "across")}
        yield Finding(onset=None, values=size | values, place=place(model, "at"))
        return
    if not run.happened("loss-call"):
        yield from _unseen(run, model, [], loss, falling)


def _is_a_head(width: int, looks: list[Event]) -> bool:
    """Whether the narrow layer may be the last one of a head: of a model with several tasks, one of which asks for so many numbers."""
    asked = {(text(look, "kind"), count(look, "columns")) for look in looks}
    return len(asked) > 1 and any(width == (1 if kind == "binary" else columns) for kind, columns in asked)


def _unseen(run: Run, model: Event, looks: list[Event], loss: Series, falling: float) -> Iterator[Finding]:
    """Where the inputs were not seen: a layer of one unit before many answers, or a model of a handful of numbers, at rest
    far from both a guess and the task, and no better in training than in validation.
    """
    width, learns = count(model, "narrowest"), count(model, "trainable")
    values: dict[str, float | str] = {"width": width, "parameters": learns}
    last = float(np.median(loss.value[int(0.8 * len(loss)) :]))
    val, start = run.curve("val"), float(loss.value[0])
    wide, spread = _targets(run)
    for look in looks:
        net, other = network(look, "train"), network(look, "val")
        if net is None or other is None or width > 1 or count(look, "columns") < ANSWERS:
            continue
        if look.data.get("kind") != "number" and max(net, other) < POOR and abs(net - other) < ALIKE:
            values |= {"what": "words:underfit-capacity.classes", "net": net, "plain": other}
    if width == 1 and wide >= COLUMNS and val is not None and len(val) >= 3 and falling >= STILL:
        left, there = last / spread, float(np.median(val.value[-3:])) / spread
        if PART[0] <= left <= PART[1] and PART[0] <= there <= PART[1]:
            values |= {"what": "words:underfit-capacity.rest", "net": left, "plain": there}
    small = width <= 2 and 0 < learns <= HANDFUL and not run.happened("loss-call")
    if small and falling >= CALM and start > 0 and PART[0] <= last / start <= PART[1]:
        values |= {"what": "words:underfit-capacity.small", "net": last / start, "plain": 0.0}
    if "what" in values:
        yield Finding(onset=None, values=values, confidence=0.75, place=place(model, "at"))


def _targets(run: Run) -> tuple[int, float]:
    """How many numbers a squared error is asked for at once, and how they spread: what a constant guess costs."""
    calls = [one for one in training_calls(run, "mse_loss") if text(one, "reduction") == "mean"]
    shapes = [shape(one, "target_shape") or () for one in calls]
    spreads = [(number(one, "target_std") or 0.0) ** 2 for one in calls]
    if not calls or any(len(one) != 2 for one in shapes) or min(spreads) <= 0:
        return 0, 1.0
    return min(one[1] for one in shapes), float(np.median(spreads))


RULE = Rule(
    id="underfit-capacity",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("curve:train", points=15),
        LOOKED,
        Need("event:model", optional=True),
        Need("tensor:activation", optional=True),
        Need("event:loss-call", optional=True),
        Need("curve:val", optional=True),
    ),
    detect=detect,
    remedies=("larger-model",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss"),
    confidence=0.8,
    domain=("M1",),
)
