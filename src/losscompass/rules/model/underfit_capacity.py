"""A model too small for its task: a layer of one or two units, a loss that has come to rest, and a plain model that does better."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Undecided
from ..dataset._pairs import LOOKED, network, pairs, skill
from ..evaluation.undertrained import behind, fall
from ..seen import count, place

NARROW = 3  # units of a layer before the last one: fewer than there are things to tell apart
BEHIND = 0.2  # skill that a plain model has more on the validation
RESTS = 0.8  # median loss of the last fifth over that of two fifths before


def detect(run: Run) -> Iterator[Finding]:
    looks = list(pairs(run))
    loss = run.curve("train")
    if not looks or loss is None:
        raise Undecided("watched-data-look")
    falling = fall(loss.value)
    model = next((one for one in run.happened("model") if 0 < count(one, "narrowest") <= NARROW), None)
    if model is None or falling is None or falling < RESTS:
        return
    for look in looks:
        left, net = behind(look), network(look, "train")
        if left is None or left < BEHIND or count(look, "columns") < count(model, "narrowest"):
            continue
        if net is not None and net > skill(look, "train") - BEHIND / 2:
            continue  # it fits what it is trained on: not too small, but of no use elsewhere
        yield Finding(
            onset=None,
            values={
                "width": count(model, "narrowest"),
                "net": network(look, "val") or 0.0,
                "plain": skill(look, "across"),
                "parameters": count(model, "trainable"),
            },
            place=place(model, "at"),
        )
        return


RULE = Rule(
    id="underfit-capacity",
    kind="cause",
    severity=Severity.WARNING,
    needs=(Need("fact:watched"), Need("curve:train", points=15), LOOKED, Need("event:model", optional=True)),
    detect=detect,
    remedies=("larger-model",),
    explains=("plateau", "loss-flat", "slow-descent", "chance-level-loss"),
    confidence=0.8,
    domain=("M1",),
)
