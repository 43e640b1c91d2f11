"""A loss that stays where an untrained network starts: nothing is learned."""

from collections.abc import Iterator
from math import exp, log

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run
from ...signal.thin import block_edges, block_levels
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

TOLERANCE = Threshold(0.012, unit="share of ln K", basis="calibration/chance-level-loss.json")
PLAUSIBLE = (*range(2, 21), 50, 100, 101, 200, 256, 365, 1000, 21841, 30522, 32000, 50257, 50304, 128256, 151936)
"""Numbers of classes that are guessed from the loss alone; any other is believed only if the log or the user names it."""


def detect(run: Run, tolerance: float = TOLERANCE.value) -> Iterator[Finding]:
    if any(one.role.kind is Kind.LOSS_PART for one in run.series.values()):
        return  # a sum of terms has no such level
    for phase in ("val", "train"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS:
            continue
        levels = block_levels(loss.value, block_edges(len(loss), 10))[1:]  # the first tenth may come from anywhere
        middle = float(np.median(levels))
        for classes, baseline in _baselines(run, middle):
            if float(np.abs(levels - baseline).max()) <= tolerance * baseline:
                yield Finding(
                    onset=float(loss.step[0]),
                    values={"curve": loss.name, "level": middle, "classes": classes, "chance": baseline},
                    exhibits=(Exhibit(loss.name, steps=(float(loss.step[0]), float(loss.step[-1]))),),
                    facts={"classes": classes},
                )
                return


def _baselines(run: Run, middle: float) -> Iterator[tuple[int, float]]:
    """(classes, what the best answer without looking at the input reads), in nats."""
    told = run.facts.get("classes")
    if isinstance(told, int) and told >= 2:
        yield told, log(told)
        entropy = run.facts.get("prior-entropy")
        if isinstance(entropy, float) and entropy > 0:
            yield told, entropy
    elif 0.6 < middle < 12.5:
        guess = min(PLAUSIBLE, key=lambda k: abs(k - exp(middle)))
        yield guess, log(guess)


RULE = Rule(
    id="chance-level-loss",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(
        Need("curve:train|curve:val", points=8),
        Need("kind:loss-part", optional=True),
        Need("fact:classes", optional=True),
        Need("fact:prior-entropy", optional=True),
    ),
    detect=detect,
    remedies=("overfit-one-batch", "check-loss-wiring", "check-gradients", "scale-inputs", "raise-learning-rate"),
    explains=("loss-flat", "constant-metric", "plateau"),
    thresholds={"tolerance": TOLERANCE},
    labels=("underfitting-flat",),
    domain=("J2", "J3", "C6"),
)
