"""Which of a run's curves say how it goes: the one it trains on, the one held out, and the one a verdict rests on."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ..evidence.names import Kind, Phase
from ..evidence.run import Run, Series
from .curve import Curve, read
from .game import adversarial

SPENT = 0.01  # of its highest: a learning rate that moves nothing any more
_CHOOSING = frozenset(("Mul", "Index", "MaskedSelect", "MaskedFill", "Where", "Gather", "IndexSelect", "Take"))
"""Operations after which a mean is one of some elements, or a weighted one."""
ENOUGH = 4  # held-out readings that outweigh any number of training readings


@dataclass(frozen=True, slots=True)
class Headlines:
    """The curves of a run that matter, turned so that down is better. `held` is validation, or test where none is."""

    train: Curve | None
    held: Curve | None
    adversarial: bool  # two networks against each other, and no reward to judge them by: no loss of theirs converges
    spent: bool = False  # the logged learning rate has come to its end: what is not gained by now will not be

    @property
    def verdict(self) -> Curve | None:
        """The curve that a verdict rests on: held out, if it was read often enough, else the training curve."""
        if self.held is not None and (self.train is None or len(self.held.series) >= ENOUGH):
            return self.held
        return self.train if self.train is not None else self.held


def headlines(run: Run) -> Headlines:
    """The headline curves of a run. A reward, where one is logged, is what reinforcement learning is judged by."""
    rewards = [s for s in run.series.values() if s.role.kind is Kind.REWARD and len(s.finite()) >= ENOUGH]
    hostile = adversarial(run)
    hostile |= run.facts.get("reinforcement") is True  # what an agent is measured against moves as it learns
    if rewards:
        best = max(rewards, key=lambda s: (s.role.phase in {Phase.TRAIN, Phase.NONE}, len(s)))
        return Headlines(read(best), None, adversarial=False)
    train = run.curve("train")
    held = None if _unlike(run) else run.curve("val") or run.curve("test")
    rates = [s.finite().value for s in run.series.values() if s.role.kind is Kind.LEARNING_RATE]
    return Headlines(
        read(train) if train is not None and len(train.finite()) else None,
        read(held) if held is not None and len(held.finite()) else None,
        hostile,
        any(r.size > 1 for r in rates) and all(r[-1] <= SPENT * r.max() for r in rates if r.size > 1),
    )


def _unlike(run: Run) -> bool:
    """Whether what was recorded of a validation cannot be compared with what is trained on.

    A loss that is not averaged by its function says what each element costs; what the script makes of these (padding left
    out, weights) is seen in the graph of the training, and of the validation only their plain mean is known.
    """
    calls = [one.data for one in run.happened("loss-call") if one.data.get("phase") == "val"]
    if not calls or any(one.get("reduction") != "none" for one in calls):
        return False
    roots = [one.data.get("root_ops") for one in run.happened("graph")]
    return any(isinstance(one, tuple | list) and not _CHOOSING.isdisjoint(map(str, one)) for one in roots)


def level_at(curve: Curve, other: Curve, point: int) -> float:
    """The smoothed level of `curve` where `other` has its point number `point`.

    By step where both count the same thing, by epoch where both know it, else by the share of the run that is over.
    """
    ours, theirs = curve.series, other.series
    if ours.axis == theirs.axis:
        block = int(np.searchsorted(ours.step, theirs.step[point], side="right")) - 1
    elif (mine := _epochs(ours)) is not None and (their := _epochs(theirs)) is not None:
        block = int(np.searchsorted(mine, their[point], side="right")) - 1
    else:
        block = round((point + 1) / len(theirs) * len(ours)) - 1
    block = int(np.searchsorted(curve.outline.edges, max(block, 0), side="right")) - 1
    return float(curve.outline.smoothed[min(max(block, 0), curve.outline.blocks - 1)])


def _epochs(series: Series) -> Float[np.ndarray, " n"] | None:
    """The epoch of each point, where the series knows it."""
    if series.axis == "epoch":
        return series.step
    if series.epoch is not None and bool(np.isfinite(series.epoch).all()):
        return series.epoch
    return None
