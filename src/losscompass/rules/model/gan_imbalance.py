"""Two opponents of which one learns many times faster: the other never gets a useful answer from it."""

import re
from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ...signal.game import SIDES, a_duel
from ..base import Finding, Need, Rule, Severity, Threshold
from ..seen import latest, number, place, text

MAKER = re.compile(r"^(g|gen|generator|netg|gan)(_|$)|_(g|gen|generator)$")
# of rate × steps. In use: rates up to 4:1 (two time-scales), up to 5 steps of the critic, at most both
APART = Threshold(30.0, unit="ratio of rate times steps", basis="calibration/watched/gan-imbalance.json")
STEPS = 10
HASTY = 1e-2  # rate of Adam and its kin: games are played at 1e-5 to 5e-3


def detect(run: Run, apart: float = APART.value) -> Iterator[Finding]:
    if not _a_game(run):
        return
    made = {number(one, "number"): one for one in run.happened("optimizer")}
    steps = {number(one, "optimizer"): number(one, "steps") or 0.0 for one in latest(run, "loop", "optimizer")}
    if len(made) != 2 or min((steps.get(key, 0.0) for key in made), default=0.0) < STEPS:
        return
    first, second = made.values()
    pace = [(number(one, "lr") or 0.0) * steps[key] for key, one in made.items()]
    if text(first, "class") != text(second, "class") or min(pace) <= 0 or max(pace) < apart * min(pace):
        return
    slow, fast = (first, second) if pace[0] < pace[1] else (second, first)
    yield Finding(
        onset=None,
        values={
            "slow": text(slow, "variable") or "optimizer",
            "fast": text(fast, "variable") or "optimizer",
            "times": max(pace) / min(pace),
            "slow_rate": number(slow, "lr") or 0.0,
            "fast_rate": number(fast, "lr") or 0.0,
        },
        place=place(fast if _hasty(fast) and not _hasty(slow) else slow, "at"),
    )


def _hasty(optimizer: Event) -> bool:
    """Whether its rate is beyond what is usual by itself: then it is the one to change."""
    return (
        text(optimizer, "class").startswith(("Adam", "NAdam", "RAdam", "RMSprop"))
        and (number(optimizer, "lr") or 0.0) > HASTY
    )


def _a_game(run: Run) -> bool:
    """A generator and its critic: by the names of their losses or of their optimisers, or by what was made and shown."""
    losses = [name.removeprefix("train/loss") for name in run.series if name.startswith("train/loss")]
    optimizers = [text(one, "variable") for one in run.happened("optimizer")]
    return bool(run.happened("generated")) or a_duel(losses, SIDES) or a_duel(optimizers, SIDES)


RULE = Rule(
    id="gan-imbalance",
    kind="cause",
    severity=Severity.WARNING,
    needs=(
        Need("fact:watched"),
        Need("train/loss*", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("event:generated", optional=True),
    ),
    detect=detect,
    remedies=("lower-learning-rate",),
    explains=(
        "gan-mode-collapse",
        "loss-divergence",
        "plateau",
        "loss-flat",
        "loss-oscillation",
        "learning-rate-too-low",
        "learning-rate-too-high",
        "composite-part-stalled",
    ),
    thresholds={"apart": APART},
    confidence=0.9,
    domain=("L3",),
)
