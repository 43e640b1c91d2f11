"""A loss that stays where an untrained network starts: nothing is learned."""

from collections.abc import Iterator
from math import exp, log

import numpy as np

from ...evidence.names import Kind
from ...evidence.run import Run, Series
from ...signal.thin import block_edges, block_levels
from ..base import Exhibit, Finding, Need, Rule, Severity, Threshold

TOLERANCE = Threshold(0.012, unit="share of ln K", basis="calibration/chance-level-loss.json")
UNSTEADY = Threshold(
    0.12, unit="share above ln K, where accuracy says 1/K, too", basis="calibration/chance-level-loss.json"
)
PLAUSIBLE = (*range(2, 21), 50, 100, 101, 200, 256, 365, 1000, 21841, 30522, 32000, 50257, 50304, 128256, 151936)
"""Numbers of classes that are guessed from the loss alone; any other is believed only if the log or the user names it."""


def detect(run: Run, tolerance: float = TOLERANCE.value, unsteady: float = UNSTEADY.value) -> Iterator[Finding]:
    if run.facts.get("task") == "regression" or any(one.role.kind is Kind.LOSS_PART for one in run.series.values()):
        return  # a squared error or a sum of terms has no such level
    for phase in ("val", "train"):
        loss = run.curve(phase)
        if loss is None or loss.role.kind is not Kind.LOSS:
            continue
        levels = block_levels(loss.value, block_edges(len(loss), 10))[1:]  # the first tenth may come from anywhere
        middle = float(np.median(levels))
        for classes, baseline in _baselines(run, middle):
            glued = float(np.abs(levels - baseline).max()) <= tolerance * baseline
            # where steps are too large the loss swings above ln K, and accuracy tells that it is chance all the same
            early, late = np.array_split(levels, 2)
            swings = (
                late.min() >= (1 - tolerance) * baseline
                and np.median(late) <= (1 + unsteady) * baseline
                and np.median(late) >= np.median(early) - 2 * tolerance * baseline  # it does not come down
            )
            if glued or (swings and _guesses(run, phase, classes)):
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
        for guess in sorted(PLAUSIBLE, key=lambda k: abs(k - exp(middle)))[:2]:
            yield guess, log(guess)


def _guesses(run: Run, phase: str, classes: int) -> bool:
    """Whether the accuracy of that phase is that of guessing: near 1/K in the second half of the run."""
    named: list[Series] = [one for name, one in run.series.items() if name.startswith(f"{phase}/") and "acc" in name]
    late = [float(np.median(one.value[len(one) // 2 :])) for one in named if len(one) >= 8]
    return any(0.7 <= classes * (share / 100 if share > 1 else share) <= 1.4 for share in late)


RULE = Rule(
    id="chance-level-loss",
    kind="symptom",
    severity=Severity.CRITICAL,
    needs=(
        Need("curve:train|curve:val", points=8),
        Need("*/*acc*", optional=True),
        Need("kind:loss-part", optional=True),
        Need("fact:task", optional=True),
        Need("fact:classes", optional=True),
        Need("fact:prior-entropy", optional=True),
    ),
    detect=detect,
    remedies=(
        "overfit-one-batch",
        "check-loss-wiring",
        "check-gradients",
        "scale-inputs",
        "raise-learning-rate",
        "lower-learning-rate",
    ),
    explains=("loss-flat", "constant-metric", "plateau"),
    confidence=0.86,
    thresholds={"tolerance": TOLERANCE, "unsteady": UNSTEADY},
    labels=("underfitting-flat",),
    domain=("J2", "J3", "C6"),
)
