"""The run stops early: the loss still falls steeply, and the network is behind what a plain model gets out of the same samples."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run, Series
from ..base import Exhibit, Finding, Need, Rule, Severity, Undecided
from ..descent import cut_short, fall
from ..pairs import LOOKED, behind, network, pairs, skill
from ..seen import number

BEHIND = 0.12  # skill that a plain model has more on the validation
FALLS = 0.93  # median loss of the last fifth over that of the fifth before it but one
NARROW = 3  # units of a layer: then the model is too small, rather
FEW = 2.5  # passes over the training data: whoever makes more has seen the curve


def detect(run: Run) -> Iterator[Finding]:
    looks = [one for one in pairs(run) if number(one, "features")]
    loss = run.curve("train")
    if loss is None:
        raise Undecided("watched-data-look")
    falling = fall(loss.value)
    narrow = any(0 < (number(one, "narrowest") or 0) <= NARROW for one in run.happened("model"))
    if falling is None or falling > FALLS or narrow or run.facts.get("ended") != "finished":
        return
    if not looks or not run.happened("loss-call"):  # of losses by hand the curve tells more than the samples
        short = None if run.facts.get("reinforcement") is True else cut_short(loss, run.curve("val"))
        if short is not None:
            yield _finding(loss, what=f"words:undertrained.{short[0]}", last=falling, net=short[1], plain=0.0)
            return
    for look in looks:
        left, mine = behind(look), network(look, "train")
        lags = mine is None or mine <= skill(look, "train") - BEHIND / 2  # in training as well
        sane = (network(look, "val") or 0.0) > 0.05
        if left is not None and left >= BEHIND and lags and sane and _passes(run, look) <= FEW:
            plain, mine = skill(look, "across"), network(look, "val") or 0.0
            yield _finding(loss, what="words:undertrained.behind", last=falling, net=mine, plain=plain)
            return


def _finding(loss: Series, **values: float | str) -> Finding:
    at = float(loss.step[int(0.6 * len(loss))])
    exhibit = Exhibit(loss.name, steps=(at, float(loss.step[-1])))
    return Finding(onset=at, values={"curve": loss.name, **values}, exhibits=(exhibit,))


def _passes(run: Run, look: Event) -> float:
    """How often the training data was passed over; where no loader says it, by the samples that come again."""
    told = max((number(one, "epochs") or 0.0 for one in run.happened("loop")), default=0.0)
    size, loss = run.facts.get("batch-size"), run.curve("train")
    if told or not isinstance(size, int) or loss is None or not number(look, "train_again"):
        return told
    return len(loss) * size / max(1.0, number(look, "train") or 1.0)


RULE = Rule(
    id="undertrained",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("curve:train", points=15),
        LOOKED,
        Need("event:loop", optional=True),
        Need("event:model", optional=True),
        Need("event:loss-call", optional=True),
        Need("fact:ended", optional=True),
        Need("fact:reinforcement", optional=True),
        Need("curve:val", optional=True),
        Need("fact:batch-size", optional=True),
    ),
    detect=detect,
    remedies=("train-longer",),
    explains=("loss-still-falling", "slow-descent"),
    confidence=0.7,
    domain=("C4",),
)
