"""A generator whose samples are all alike, beside the real ones that its critic is shown."""

from collections.abc import Iterator

import numpy as np

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Finding, Need, Rule, Severity
from ..seen import count, number, place, step_of, text
from ._noise import narrow_noise
from .gan_imbalance import MAKER

# Of mean distances within made and real samples, and of those to the nearest one. Sound games of the zoo end at 0.5 to 1.1
# and 0.8 to 3.4, collapsed ones at 0.01 to 0.48 and 0.01 to 0.32; they begin at 0.1 and 0.3: nothing was learned yet.
SPREAD = 0.6  # spread of made / of real samples
NEAREST = 0.5  # nearest of made / of real ones
ALIKE = 0.05  # of the spread of the real samples: one sample, again and again
COVERED = 0.35  # share of the real samples that have a made one among their five nearest
MOVED = 1.6  # times its middle, both ways: a generator whose spread stays has learned nothing yet
LOOKS, LAST = 3, 5
LATE = 100.0  # steps: in the beginning every generator is narrow
SEEN = 0.5  # share of the run that was looked at: a game that goes on unseen may well widen again


def detect(run: Run) -> Iterator[Finding]:
    looks = [one for one in run.happened("generated") if _ratio(one, "spread") is not None]
    if len(looks) < LOOKS:
        return
    start = step_of(looks[0]) or 0.0
    late = [one for one in looks if (step_of(one) or 0.0) >= start + LATE][-LAST:]
    steps = max((count(one, "steps") for one in run.happened("loop")), default=0)
    if len(late) < 2:
        return
    wide = float(np.median([_ratio(one, "spread") or 0.0 for one in late]))
    close = float(np.median([_ratio(one, "nearest") or 0.0 for one in late]))
    covered = [number(one, "covered") or 0.0 for one in late]
    went = [max(_ratio(one, "spread") or 0.0, 1e-9) for one in looks]
    to_the_end = (step_of(late[-1]) or 0.0) >= SEEN * steps
    narrow = wide < SPREAD and close < NEAREST and max(covered) < COVERED and to_the_end
    if not wide < ALIKE and not (narrow and max(went) > MOVED * MOVED * min(went)):
        return
    optimizers = [one for one in run.happened("optimizer") if MAKER.search(text(one, "variable").lower())]
    yield Finding(
        onset=step_of(late[0]),
        values={"spread": wide, "covered": float(np.median(covered))},
        place=narrow_noise(run, late[-1])
        or place(optimizers[0] if len(optimizers) == 1 else None, "at")
        or place(late[-1], "at"),
    )


def _ratio(look: Event, key: str) -> float | None:
    """Of made samples against real ones."""
    made, real = number(look, key), number(look, f"real_{key}")
    return None if made is None or not real else made / real


RULE = Rule(
    id="gan-mode-collapse",
    kind="cause",
    severity=Severity.CRITICAL,
    needs=(
        Need("fact:watched"),
        Need("event:generated", optional=True),
        Need("event:optimizer", optional=True),
        Need("event:loop", optional=True),
        Need("event:source", optional=True),
    ),
    detect=detect,
    remedies=("lower-learning-rate", "look-at-predictions"),
    explains=(
        "loss-divergence",
        "plateau",
        "loss-flat",
        "loss-oscillation",
        "adversarial-losses",
        "generative-quality-divergence",
    ),
    confidence=0.9,
    domain=("L3",),
)
