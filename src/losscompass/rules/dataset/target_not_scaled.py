"""A target in large or tiny units (D1): gradients in proportion to it, and a loss that says nothing by its size."""

from collections.abc import Iterator

from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity, Undecided
from ..pairs import LOOKED, enough, figure, network, pairs, skill
from ..seen import proportional
from ._columns import known, number, text
from ._raw_target import SIZE, on_the_way, raw_target_in_the_loss

TINY = 1e-3
WATCHED = 5.0  # size in a run in which the network is far behind a plain model of the same samples
BEHIND = 0.3  # so much less skill
HUGE, NOTHING, ANSWERS = 50.0, 0.1, 200  # size, and skill, of targets whose inputs were not seen; answers that were
EXTREME = 1e6  # single precision no longer holds its squares beside what is left of them


def detect(run: Run, size: float = SIZE.value) -> Iterator[Finding]:
    if run.facts.get("watched") is True:
        yield from _watched(run)
        return
    target = known(run, "target")
    if target.data.get("task") != "regression":
        return
    mean, std = number(target, "mean", 0), number(target, "std", 0)
    biggest = max(abs(mean), std)
    if std <= 0 or (biggest < size and std > TINY):
        return
    yield Finding(
        onset=None,
        values={"column": text(target, "name"), "mean": mean, "std": std, "variance": std * std},
        severity=Severity.WARNING if biggest >= EXTREME else None,
    )


def _watched(run: Run) -> Iterator[Finding]:
    """A target in large units that a plain model predicts and the network does not."""
    looks = list(pairs(run))
    if (found := on_the_way(run) or (None if looks else raw_target_in_the_loss(run))) is not None:
        yield found
        return
    if not looks:
        raise Undecided("watched-data-look")
    for look in looks:
        mean, std = figure(look, "target_mean", 0), figure(look, "target_std", 0)
        answered = [part for part in ("train", "val") if figure(look, f"{part}_net_rows", 0) >= 1]
        told = [figure(look, f"train_{key}") for key in ("asked_mean", "asked_std", "net", "net_rows")]
        if look.data.get("kind") == "number" and not figure(look, "train", 0) and _far(*told):
            values: dict[str, float | str] = {
                "column": "y",
                "mean": told[0],
                "std": told[1],
                "variance": told[0] ** 2 + told[1] ** 2,
            }
            yield Finding(onset=None, values=values, severity=Severity.WARNING, confidence=0.65)
            return
        if look.data.get("kind") != "number" or not enough(look, "train") or max(abs(mean), std) < WATCHED:
            continue
        if figure(look, "target_far_share", 0) > 0 or not answered:
            continue
        plain, net = skill(look, "train"), network(look, "train" if answered[0] == "train" else "val")
        if plain < BEHIND or (net is not None and net > plain - BEHIND):
            continue
        if answered == ["train"] and proportional(run) is not None:
            if (found := raw_target_in_the_loss(run)) is not None:
                yield found  # else it is on its way, with steps that such a target bears
            return
        yield Finding(
            onset=None,
            values={"column": "y", "mean": mean, "std": std, "variance": mean * mean + std * std},
            severity=Severity.CRITICAL,
            confidence=0.85,
        )
        return


def _far(mean: float, std: float, net: float, rows: float) -> bool:
    """Whether huge targets (returns of an agent, say) are answered no better than by their mean."""
    return max(abs(mean), std) >= HUGE and std >= HUGE / 5 and net <= NOTHING and rows >= ANSWERS


RULE = Rule(
    id="target-not-scaled",
    kind="cause",
    severity=Severity.NOTE,
    needs=(
        Need("fact:audited|fact:watched"),
        Need("event:target", optional=True),
        LOOKED,
        Need("curve:train", finite=False, optional=True),
        Need("kind:learning-rate", optional=True),
        Need("tensor:update", optional=True),
        Need("event:non-finite", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("fact:reinforcement", optional=True),
        Need("event:graph", optional=True),
        Need("event:loss-call", optional=True),
        Need("tensor:activation", optional=True),
    ),
    detect=detect,
    remedies=("scale-inputs",),
    explains=(
        "loss-divergence",
        "initial-loss-off",
        "learning-rate-too-high",
        "non-finite-loss",
        "loss-flat",
        "slow-descent",
        "plateau",
        "loss-oscillation",
        "exploding-gradients",
    ),
    thresholds={"size": SIZE},
    confidence=0.75,
    domain=("D1",),
)
