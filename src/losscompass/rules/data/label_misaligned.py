"""Inputs that stand beside the labels of other samples: shuffled apart, off by one. Inputs and labels are sound, each by itself."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Undecided
from ..pairs import (
    CERTAIN,
    ELSEWHERE,
    LOOKED,
    enough,
    error,
    network,
    only_the_training_is_silent,
    pairs,
    silent,
    skill,
)
from ..seen import count, number, place

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
        if (number(look, "shifted") or 0.0) > ELSEWHERE or (number(look, "far_share") or 0.0) > 0:
            continue  # inputs on two scales, or extreme ones, hide what they tell
        if (number(look, "target_far_share") or 0.0) > 0:
            continue  # a few extreme targets are all that a straight line and neighbours see
        if skill(look, "across") > max(0.15, 2.5 * error(look, "val")) or _learnt(look, "val"):
            continue
        if only_the_training_is_silent(look):
            sure = 0.9  # the validation is sound: the training is not
        elif silent(look, "train") and silent(look, "val") and (number(look, "structure") or 0.0) >= STRUCTURE:
            sure = 0.6 if not _learnt(look, "train") else 0.5  # what was learnt by heart holds nowhere else
        else:
            continue
        yield Finding(
            onset=None,
            values={"train": skill(look, "train"), "val": skill(look, "val"), "rows": count(look, "train")},
            confidence=sure,
            place=place(look, "train", "at"),
        )
        return


def _learnt(look: Event, part: str) -> bool:
    """Whether the network got something out of the inputs."""
    return (network(look, part) or 0.0) > max(0.1, CERTAIN * error(look, part))


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
