"""Inputs that stand beside the labels of other samples: shuffled apart, off by one. Inputs and labels are sound, each by itself."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Undecided
from ..pairs import CERTAIN, LOOKED, enough, error, network, pairs, silent, skill, speaks
from ..seen import count, number, place

SPEAKS = 0.3  # skill of a plain model on the validation, from which on its inputs tell of its targets
STRUCTURE = (
    3.0  # times what chance makes of the correlations of the features: less is noise, which tells nothing of anything
)
FEWEST = 100  # samples


def detect(run: Run) -> Iterator[Finding]:
    looks = list(pairs(run))
    if not looks:
        raise Undecided("watched-data-look")
    for look in looks:
        if not enough(look, "train", "val", least=FEWEST) or count(look, "train_distinct") < FEWEST:
            continue
        if (number(look, "shifted") or 0.0) > 0.25 or (number(look, "far_share") or 0.0) > 0:
            continue  # inputs on two scales, or extreme ones, hide what they tell
        net, val_net = network(look, "train"), network(look, "val")
        learnt = max(net or 0.0, val_net or 0.0)
        across = skill(look, "across") <= max(0.15, 2.5 * error(look, "val"))
        if not silent(look, "train") or not across or learnt > max(0.1, CERTAIN * error(look, "val")):
            continue
        only_here = speaks(look, "val", SPEAKS)  # the validation is sound: the training is not
        structure = number(look, "structure") or 0.0
        if not only_here and (not silent(look, "val") or structure < STRUCTURE):
            continue
        yield Finding(
            onset=None,
            values={"train": skill(look, "train"), "val": skill(look, "val"), "rows": count(look, "train")},
            confidence=0.9 if only_here else 0.6,
            place=place(look, "train", "at"),
        )
        return


RULE = Rule(
    id="label-misaligned",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(Need("fact:watched"), LOOKED),
    detect=detect,
    remedies=("check-labels", "check-data-pipeline"),
    explains=(
        "loss-flat",
        "chance-level-loss",
        "plateau",
        "slow-descent",
        "overfitting",
        "generalization-gap",
        "loss-oscillation",
    ),
    confidence=0.8,
    domain=("D4",),
)
