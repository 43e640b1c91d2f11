"""A reward that was reached and lost again."""

from collections.abc import Iterator

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.robust import spread
from ...signal.thin import block_edges, block_levels
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

LOST = Threshold(0.5, unit="share of what was gained", basis="calibration/reward-falling.json")
CERTAIN = Threshold(2.0, unit="spread of single rewards", basis="calibration/reward-falling.json")


def detect(run: Run, lost: float = LOST.value, certain: float = CERTAIN.value) -> Iterator[Finding]:
    for name, reward in sorted(run.series.items()):
        if reward.role.kind is not Kind.REWARD:
            continue
        edges = block_edges(len(reward), 10)
        levels = block_levels(reward.value, edges)
        best = int(levels.argmax())
        gained, fell = float(levels[best] - levels[0]), float(levels[best] - levels[-1])
        within = reward.value - np.repeat(levels, np.diff(edges))
        if fell < max(lost * gained, certain * spread(within)) or fell <= 0:
            continue
        at = float(reward.step[(edges[best] + edges[best + 1]) // 2])
        yield Finding(
            onset=at,
            values={"series": name, "best": float(levels[best]), "last": float(levels[-1]), "step": at},
            exhibits=(Exhibit(name, steps=(at, float(reward.step[-1])), marks=(at,)),),
        )
        return


RULE = Rule(
    id="reward-falling",
    kind="symptom",
    severity=Severity.WARNING,
    needs=(Need("kind:reward", points=20),),
    detect=detect,
    remedies=("keep-best-checkpoint", "lower-learning-rate", "clip-gradients"),
    thresholds={"lost": LOST, "certain": CERTAIN},
    domain=("L9", "C5"),
)
