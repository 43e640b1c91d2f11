"""The run stops early: the loss still falls steeply, and the network is behind what a plain model gets out of the same samples."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Exhibit, Finding, Need, Rule, Severity, Undecided
from ..dataset._pairs import CERTAIN, LOOKED, enough, error, network, pairs, skill
from ..seen import number

BEHIND = 0.12  # skill that a plain model has more on the validation
FALLS = 0.93  # median loss of the last fifth over that of the fifth before it but one
NARROW = 3  # units of a layer: then the model is too small, rather
ROWS = 100  # answers of the network
FEW = 2.5  # passes over the training data: whoever makes more has seen the curve


def detect(run: Run) -> Iterator[Finding]:
    looks = list(pairs(run))
    loss = run.curve("train")
    if not looks or loss is None:
        raise Undecided("watched-data-look")
    falling = fall(loss.value)
    narrow = any(0 < (number(one, "narrowest") or 0) <= NARROW for one in run.happened("model"))
    if falling is None or falling > FALLS or narrow or run.facts.get("ended") != "finished":
        return
    for look in looks:
        left, mine = behind(look), network(look, "train")
        lags = mine is None or mine <= skill(look, "train") - BEHIND / 2  # in training as well
        sane = (network(look, "val") or 0.0) > 0.05
        if left is not None and left >= BEHIND and lags and sane and _passes(run, look) <= FEW:
            at = float(loss.step[int(0.6 * len(loss))])
            yield Finding(
                onset=at,
                values={
                    "curve": loss.name,
                    "last": falling,
                    "net": network(look, "val") or 0.0,
                    "plain": skill(look, "across"),
                },
                exhibits=(Exhibit(loss.name, steps=(at, float(loss.step[-1]))),),
            )
            return


def _passes(run: Run, look: Event) -> float:
    """How often the training data was passed over; where no loader says it, by the samples that come again."""
    told = max((number(one, "epochs") or 0.0 for one in run.happened("loop")), default=0.0)
    size, loss = run.facts.get("batch-size"), run.curve("train")
    if told or not isinstance(size, int) or loss is None or not number(look, "train_again"):
        return told
    return len(loss) * size / max(1.0, number(look, "train") or 1.0)


def behind(look: Event) -> float | None:
    """How much less skill the network has on the validation than a plain model that was fitted to the training; None: unknown."""
    net = network(look, "val")
    if (
        net is None
        or look.data.get("kind") == "tokens"
        or not enough(look, "train", "val", least=ROWS)
        or (number(look, "val_net_rows") or 0.0) < ROWS / 2
    ):
        return None
    plain = min(skill(look, part) for part in ("train", "val", "across"))
    unsure = (
        CERTAIN * error(look, "val") * max(0.25, (1 - min(plain, 1.0)) ** 0.5)
    )  # less where there is less to be unsure of
    return plain - net if plain - net >= unsure else 0.0


def fall(value: np.ndarray) -> float | None:
    """What is left, in the last fifth, of the loss of two fifths before; None where that cannot be said."""
    count = len(value)
    if count < 15 or not np.isfinite(value).all():
        return None
    late, before = np.median(value[int(0.8 * count) :]), np.median(value[int(0.4 * count) : int(0.6 * count)])
    return float(late / before) if before > 0 else None


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
        Need("fact:ended", optional=True),
        Need("fact:batch-size", optional=True),
    ),
    detect=detect,
    remedies=("train-longer",),
    explains=("loss-still-falling", "slow-descent"),
    confidence=0.7,
    domain=("C4",),
)
